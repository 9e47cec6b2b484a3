package selftest

// A key identifies an account or entitlement on the wire.
type key struct {
	Simple   *simple   `json:"simple,omitempty"`
	Compound *compound `json:"compound,omitempty"`
}

type simple struct {
	ID string `json:"id"`
}

type compound struct {
	LookupID string `json:"lookupId"`
	UniqueID string `json:"uniqueId"`
}

func simpleKey(id string) key { return key{Simple: &simple{id}} }

func compoundKey(lookupID, uniqueID string) key { return key{Compound: &compound{lookupID, uniqueID}} }

// id returns the native identity, "" where the key is missing.
func (k key) id() string {
	switch {
	case k.Compound != nil:
		return k.Compound.LookupID
	case k.Simple != nil:
		return k.Simple.ID
	}
	return ""
}

// uniqueID returns the ID that never changes, "" where the key has none.
func (k key) uniqueID() string {
	if k.Compound == nil {
		return ""
	}
	return k.Compound.UniqueID
}
