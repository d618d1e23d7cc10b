package importer

import (
	"github.com/usher-go/usher/internal/recordedit"
	"github.com/usher-go/usher/users"
)

// A schema says which fields records have and by which names they are known.
// Whether a name exists is asked of it alone, so that one value decides it for
// templates as data ([Template.Check]) and for every draft of a row.
type schema struct {
	// takes reports whether records of the kind have the field and the field
	// takes the value. A field that exists takes the empty value.
	takes func(kind users.Kind, field, value string) bool
	// isSet reports whether the field of a person is a set, such as "roles".
	isSet func(field string) bool
	// unique reports whether the space exists and at most one record has a value in it.
	unique func(users.Space) bool
	// refersTo is the kind of record whose id the field of a person holds; "" if
	// the field may hold any id, or none.
	refersTo func(field string) users.Kind
}

// known is the schema that the options are about.
func (o *Options) known() *schema {
	if o.schema != nil {
		return o.schema
	}
	return builtIn()
}

// builtIn is the schema of the records that package users knows.
func builtIn() *schema {
	return &schema{
		takes: func(kind users.Kind, field, value string) bool {
			if kind.Held() && field == users.FieldHolder {
				return false // who holds a thing follows from keys: Claim, Take, Release
			}
			return users.Record{Data: recordedit.New(kind)}.SetField(field, value)
		},
		isSet: func(field string) bool {
			return recordedit.SetMember(users.Record{Data: new(users.Profile)}, field, "x", true)
		},
		unique: users.Space.Unique,
		refersTo: func(field string) users.Kind {
			switch field {
			case users.FieldSupervisor:
				return users.KindUser
			case users.FieldOrgUnit:
				return users.KindUnit
			}
			return ""
		},
	}
}

// hasField reports whether people have the field, or what they hold does: "line.internal".
func (s *schema) hasField(field string) bool { return s.fieldTakes(field, "") }

// fieldTakes is hasField for a value that is to be written.
func (s *schema) fieldTakes(field, value string) bool {
	if name, kind, held := ofHeld(field); held {
		return s.takes(kind, name, value)
	}
	return s.takes(users.KindUser, field, value)
}

// knowsPeople reports whether a person is known by a value in the space.
func (s *schema) knowsPeople(space users.Space) bool {
	return s.unique(space) && (space == users.SpaceID || space.Kind() == users.KindUser)
}

// claimable reports whether a row can give a person a value in the space: one
// that a field of the person keeps, or one by which something is known that
// people hold.
func (s *schema) claimable(space users.Space) bool {
	return s.unique(space) && !space.Managed() && (space.Field() != "" || space.Kind().Held())
}

// refers reports whether the field of a person may hold the id of a record that
// is known in the space.
func (s *schema) refers(field string, space users.Space) bool {
	if !s.takes(users.KindUser, field, "") || !s.unique(space) {
		return false
	}
	kind := s.refersTo(field)
	return kind == "" || space == users.SpaceID || space.Kind() == kind
}
