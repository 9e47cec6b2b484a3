package schema

// A spec may list several things with the same name. The first one counts. One without a name does
// not count.

// DistinctCommands returns the names of the commands that count, in file order.
func (s *Spec) DistinctCommands() []string {
	names := make([]string, 0, len(s.Commands))
	for _, c := range distinct(s.Commands, func(c Command) string { return c.Name }) {
		names = append(names, c.Name)
	}
	return names
}

// DistinctEntitlementSchemas returns the entitlement schemas that count, in file order.
func (s *Spec) DistinctEntitlementSchemas() []*ObjectSchema {
	return distinct(s.EntitlementSchemas, func(o *ObjectSchema) string { return o.Type })
}

// DistinctAttributes returns the attributes that count, in file order. Without a schema there are none.
func (s *ObjectSchema) DistinctAttributes() []Attribute {
	if s == nil {
		return nil
	}
	return distinct(s.Attributes, func(a Attribute) string { return a.Name })
}

// DistinctFields returns the fields that count, in file order. Without a template there are none.
func (t *CreateTemplate) DistinctFields() []Field {
	if t == nil {
		return nil
	}
	return distinct(t.Fields, func(f Field) string { return f.Key })
}

func distinct[T any](all []T, name func(T) string) []T {
	if len(all) == 0 {
		return nil
	}
	seen := make(map[string]bool, len(all)+1)
	seen[""] = true
	first := make([]T, 0, len(all))
	for _, one := range all {
		if n := name(one); !seen[n] {
			seen[n] = true
			first = append(first, one)
		}
	}
	return first
}
