package users

// The fields of a user, by the names that files, findings, reports and JSON use.
// [Record.Field] reads them and [Record.SetField] writes them.
const (
	FieldEmail      = "email"
	FieldLogin      = "login"
	FieldName       = "name" // the display name
	FieldFirstName  = "first_name"
	FieldLastName   = "last_name"
	FieldMobile     = "mobile"
	FieldRole       = "role"  // RoleAdmin or RoleUser, computed from FieldRoles
	FieldRoles      = "roles" // every role, separated by commas
	FieldSource     = "source"
	FieldExternalID = "external_id"
	FieldRegistered = "registered" // "yes" or "no"
	FieldActive     = "active"     // "yes" or "no"
	FieldProducts   = "products"   // separated by commas

	FieldLANID      = "lan_id"
	FieldAgentID    = "agent_id"
	FieldPBXID      = "pbx_id"
	FieldProfile    = "profile"    // "Agent" or "Supervisor"
	FieldSupervisor = "supervisor" // the id of a user
	FieldOrgUnit    = "org_unit"   // the id of an org unit
	FieldAccessRole = "access_role"
	FieldCRMName    = "crm_name"
	FieldGreeting   = "text_chat_greeting_template_name"

	// FieldCatalogue holds the roles of the account's catalogue that a person has,
	// separated by commas: FieldRoles without [RoleAdmin] and [RolePartner]. Writing
	// it leaves those two as they are. It is for systems whose one role does not
	// say who administers the account.
	FieldCatalogue = "catalogue_roles"
)

// The fields of a line.
const (
	FieldPBX      = "pbx"
	FieldShort    = "short"
	FieldGroup    = "group"
	FieldInternal = "internal"
	FieldNumber   = "number"
	FieldHolder   = "holder" // the id of the user who has the line
)

// The fields of a user whose names are open begin with one of these:
// "custom.cost_centre", "feature.Recording", "channel.voice".
const (
	PrefixCustom  = "custom."
	PrefixFeature = "feature."
	PrefixChannel = "channel."
)
