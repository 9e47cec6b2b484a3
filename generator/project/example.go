package project

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/schema"
)

// ExampleConfig returns a config that a source of the spec could have, as JSON: the plan's
// sample.
func ExampleConfig(spec *schema.Spec) ([]byte, error) {
	return indent(plan.New(spec, plan.Options{}).SampleConfig(nil))
}

func indent(sample plan.ConfigSample) ([]byte, error) {
	var b bytes.Buffer
	if err := json.Indent(&b, sample.JSON, "", "  "); err != nil {
		return nil, err
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// A newAccount is the Go code from which the tests of a project create an account.
type newAccount struct {
	Identity   bool     // the input's own identity, since there are no attributes
	Attributes []string // fields of a literal: "Login: name,"
	Name       bool     // they use the variable name, a unique text
	Number     bool     // they or the variable name use the variable number, which is also unique
}

// exampleAccount returns the minimum for creating an account: the plan's smallest sample.
func exampleAccount(p *plan.Package) newAccount {
	var a newAccount
	for _, s := range p.SmallestCreate() {
		a.Attributes = append(a.Attributes, fmt.Sprintf("%s: %s,", s.Field.GoName, a.value(s)))
	}
	if len(a.Attributes) == 0 {
		a.Identity, a.Name = true, true
	}
	a.Number = a.Number || a.Name
	return a
}

// value returns a field's value.
func (a *newAccount) value(s plan.FieldSample) string {
	list := s.Field.Type.IsList()
	switch s.Kind {
	case plan.SampleBool:
		if list {
			return "[]bool{true}"
		}
		return "sdk.Ptr(true)"
	case plan.SampleNumber:
		if list {
			return "[]int64{1}"
		}
		return "sdk.Ptr[int64](1)"
	case plan.SampleNewNumber:
		a.Number = true
		if list {
			return "[]int64{number}"
		}
		return "sdk.Ptr(number)"
	}
	a.Name = true
	text := "name"
	switch s.Kind {
	case plan.SamplePassword:
		return "sdk.NewSecret(name)"
	case plan.SampleEmail:
		text = `name + "@example.com"`
	}
	if list {
		return "[]string{" + text + "}"
	}
	return text
}
