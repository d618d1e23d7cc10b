package users

// A Filter is one of the filters the CloudLink console calls "Property".
type Filter string

// The filters. FilterUsers is everybody, admins included.
const (
	FilterUsers        Filter = "users"
	FilterAdmins       Filter = "admins"
	FilterRegistered   Filter = "registered"
	FilterUnregistered Filter = "unregistered"
	FilterPBX          Filter = "pbx_users"
	FilterMiCloud      Filter = "micloud_connected"
	FilterIoT          Filter = "iot_connected"
	FilterInactive     Filter = "inactive"
)

// Filters are all filters, in the order a list offers them.
func Filters() []Filter {
	return []Filter{FilterUsers, FilterAdmins, FilterRegistered, FilterUnregistered,
		FilterPBX, FilterMiCloud, FilterIoT, FilterInactive}
}

// Having is what the filter asks of a [Query]; false if there is no such filter.
func (f Filter) Having() ([]Key, bool) {
	switch f {
	case FilterUsers:
		return nil, true
	case FilterAdmins:
		return []Key{{Space: LinkGrant, Value: Fold(RoleAdmin)}}, true
	case FilterRegistered:
		return []Key{{Space: LinkRegistered, Value: "yes"}}, true
	case FilterUnregistered:
		return []Key{{Space: LinkRegistered, Value: "no"}}, true
	case FilterPBX:
		return []Key{{Space: LinkSource, Value: string(PBXSync)}}, true
	case FilterMiCloud:
		return []Key{{Space: LinkSource, Value: string(MiCloud)}}, true
	case FilterIoT:
		return []Key{{Space: LinkSource, Value: string(IoT)}}, true
	case FilterInactive:
		return []Key{{Space: LinkActive, Value: "no"}}, true
	}
	return nil, false
}

// Licensed asks for those who have a licence of the product.
func Licensed(product string) Key { return Key{Space: LinkLicensed, Value: Fold(product)} }
