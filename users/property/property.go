package property

import "github.com/usher-go/usher/users"

// A Filter selects people by one property.
type Filter string

// The filters. Users selects everyone, Account Admins included.
const (
	Users        Filter = "users"
	Admins       Filter = "admins"
	Registered   Filter = "registered"
	Unregistered Filter = "unregistered"
	PBX          Filter = "pbx_users"
	MiCloud      Filter = "micloud_connected"
	IoT          Filter = "iot_connected"
	Inactive     Filter = "inactive"
)

// All returns every filter, in the order in which a list offers them.
func All() []Filter {
	return []Filter{Users, Admins, Registered, Unregistered, PBX, MiCloud, IoT, Inactive}
}

// Having returns what the filter asks of a [users.Query], and false for an
// unknown filter. Users asks for nothing.
func (f Filter) Having() ([]users.Key, bool) {
	switch f {
	case Users:
		return nil, true

	case Admins:
		return []users.Key{users.KeyOf("", users.LinkGrant, users.RoleAdmin)}, true

	case Registered:
		return []users.Key{users.KeyOf("", users.LinkRegistered, "yes")}, true

	case Unregistered:
		return []users.Key{users.KeyOf("", users.LinkRegistered, "no")}, true

	case PBX:
		return []users.Key{users.KeyOf("", users.LinkSource, string(users.PBXSync))}, true

	case MiCloud:
		return []users.Key{users.KeyOf("", users.LinkSource, string(users.MiCloud))}, true

	case IoT:
		return []users.Key{users.KeyOf("", users.LinkSource, string(users.IoT))}, true

	case Inactive:
		return []users.Key{users.KeyOf("", users.LinkActive, "no")}, true
	}
	return nil, false
}

// Licensed returns the key of the people who have a licence of the product.
func Licensed(product string) users.Key { return users.KeyOf("", users.LinkLicensed, product) }
