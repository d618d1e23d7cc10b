package users

// A Property is one of the filters the CloudLink console calls "Property".
type Property string

// The filters. PropertyUsers is everybody, admins included.
const (
	PropertyUsers        Property = "users"
	PropertyAdmins       Property = "admins"
	PropertyRegistered   Property = "registered"
	PropertyUnregistered Property = "unregistered"
	PropertyPBX          Property = "pbx_users"
	PropertyMiCloud      Property = "micloud_connected"
	PropertyIoT          Property = "iot_connected"
	PropertyInactive     Property = "inactive"
)

// Properties are all filters, in the order a list offers them.
func Properties() []Property {
	return []Property{PropertyUsers, PropertyAdmins, PropertyRegistered, PropertyUnregistered,
		PropertyPBX, PropertyMiCloud, PropertyIoT, PropertyInactive}
}

// Having is what the filter asks of a [Query]; false if there is no such filter.
func (f Property) Having() ([]Key, bool) {
	switch f {
	case PropertyUsers:
		return nil, true
	case PropertyAdmins:
		return []Key{{Space: LinkGrant, Value: Fold(RoleAdmin)}}, true
	case PropertyRegistered:
		return []Key{{Space: LinkRegistered, Value: "yes"}}, true
	case PropertyUnregistered:
		return []Key{{Space: LinkRegistered, Value: "no"}}, true
	case PropertyPBX:
		return []Key{{Space: LinkSource, Value: string(PBXSync)}}, true
	case PropertyMiCloud:
		return []Key{{Space: LinkSource, Value: string(MiCloud)}}, true
	case PropertyIoT:
		return []Key{{Space: LinkSource, Value: string(IoT)}}, true
	case PropertyInactive:
		return []Key{{Space: LinkActive, Value: "no"}}, true
	}
	return nil, false
}

// Licensed asks for those who have a licence of the product.
func Licensed(product string) Key { return Key{Space: LinkLicensed, Value: Fold(product)} }
