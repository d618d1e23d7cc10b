package users

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// openField returns the accessors of a field that is computed or whose name is open,
// and nil for any other name.
func openField(name string) (get func(*Profile) string, set func(*Profile, string)) {
	if name == FieldCatalogue {
		return (*Profile).catalogue, (*Profile).setCatalogue
	}
	if f, ok := strings.CutPrefix(name, PrefixFeature); ok && f != "" {
		return ccGet(func(c *ContactCentre) string { return c.feature(f) }), ccSet(func(c *ContactCentre, v string) { c.setFeature(f, v) })
	}
	if ch, ok := strings.CutPrefix(name, PrefixChannel); ok && ch != "" {
		return ccGet(func(c *ContactCentre) string { return c.channel(ch) }), ccSet(func(c *ContactCentre, v string) { c.setChannel(ch, v) })
	}
	return nil, nil
}

// openValue reports whether such a field takes the value.
func openValue(name, value string) bool {
	n, err := strconv.Atoi(value)
	switch {
	case value == "":
		return true
	case strings.HasPrefix(name, PrefixFeature):
		return value == "yes" || value == "no"
	case strings.HasPrefix(name, PrefixChannel):
		return err == nil && n >= 0 && strconv.Itoa(n) == value
	}
	return true
}

func isOwnRole(r string) bool { return r == RoleAdmin || r == RolePartner }

func (p *Profile) catalogue() string {
	return joinList(slices.DeleteFunc(slices.Clone(p.Roles), isOwnRole))
}

func (p *Profile) setCatalogue(v string) {
	own := slices.DeleteFunc(slices.Clone(p.Roles), func(r string) bool { return !isOwnRole(r) })
	given := slices.DeleteFunc(splitList(v), isOwnRole)
	p.Roles = splitList(joinList(append(own, given...)))
}

// nameIn returns the key of m that folds as name does, and name if m has none.
func nameIn[V any](m map[string]V, name string) string {
	if _, ok := m[name]; ok {
		return name
	}
	folded := Fold(name)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if Fold(k) == folded {
			return k
		}
	}
	return name
}

func (c *ContactCentre) feature(name string) string {
	if on, ok := c.Features[nameIn(c.Features, name)]; ok {
		return yesNo(on)
	}
	return ""
}

func (c *ContactCentre) setFeature(name, v string) {
	c.Features = put(c.Features, nameIn(c.Features, name), v == "yes", v != "")
}

func (c *ContactCentre) channel(name string) string {
	if n, ok := c.Channels[nameIn(c.Channels, name)]; ok {
		return strconv.Itoa(n)
	}
	return ""
}

func (c *ContactCentre) setChannel(name, v string) {
	n, _ := strconv.Atoi(v)
	c.Channels = put(c.Channels, nameIn(c.Channels, name), n, v != "")
}

// put returns m with the value, or without it if there is none (there). It returns
// nil for an empty map, as a store does.
func put[V any](m map[string]V, name string, v V, there bool) map[string]V {
	switch {
	case !there:
		delete(m, name)
	case m == nil:
		m = map[string]V{name: v}
	default:
		m[name] = v
	}
	if len(m) == 0 {
		return nil
	}
	return m
}

// openFields returns the names of the fields of the features and channels that are set.
func (c *ContactCentre) openFields() []string {
	var out []string
	if c == nil {
		return nil
	}
	for _, f := range slices.Sorted(maps.Keys(c.Features)) {
		if f != "" {
			out = append(out, PrefixFeature+f)
		}
	}
	for _, ch := range slices.Sorted(maps.Keys(c.Channels)) {
		if ch != "" {
			out = append(out, PrefixChannel+ch)
		}
	}
	return out
}
