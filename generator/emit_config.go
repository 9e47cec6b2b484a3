package generator

import (
	"fmt"

	"github.com/dave/jennifer/jen"
)

func (e emitter) configFile() []jen.Code {
	code := []jen.Code{e.configStruct(e.Config), e.decodeConfig(), e.configBind(e.Config)}
	for _, card := range e.ConfigTypes {
		code = append(code, e.configStruct(card), e.configBind(card))
	}
	for _, c := range e.Choices {
		code = append(code, e.choiceType(c), e.choiceConstants(c), e.choiceValid(c))
	}
	return code
}

func (e emitter) configStruct(s *ConfigStruct) jen.Code {
	return documented(s.Doc, jen.Type().Id(s.GoName).StructFunc(func(g *jen.Group) {
		for _, f := range s.Fields {
			g.Add(documented(f.Doc, jen.Id(f.GoName).Add(e.configGoType(f))))
		}
	}))
}

// configGoType is the Go type of a config item's field.
func (e emitter) configGoType(f *ConfigField) *jen.Statement {
	switch f.Type {
	case SecretConfig:
		return e.sdk("Secret")
	case CheckboxConfig:
		return jen.Bool()
	case NumberConfig:
		return jen.Float64()
	case ListConfig:
		return jen.Index().String()
	case KeyValuesConfig:
		return e.sdk("KeyValues")
	case ChoiceConfig:
		return jen.Id(f.Named)
	case CardsConfig:
		return jen.Index().Id(f.Named)
	}
	return jen.String()
}

func (e emitter) decodeConfig() jen.Code {
	return documented("DecodeConfig reads a source's config and checks it: required items, limits and URLs, as far as items are visible. "+
		"Items without a value get their initial one. All problems come in one error, which shows no values.",
		jen.Func().Id("DecodeConfig").Params(jen.Id("raw").Qual("encoding/json", "RawMessage")).Params(jen.Id("Config"), jen.Error()).Block(
			jen.Return(e.sdk("ReadConfig").Types(jen.Id("Config")).Call(jen.Id("raw"))),
		))
}

func (e emitter) configBind(s *ConfigStruct) jen.Code {
	return documented("Bind ties the fields to the items' keys.",
		jen.Func().Params(jen.Id("c").Op("*").Id(s.GoName)).Id("Bind").
			Params(jen.Id("b").Op("*").Add(e.sdk("ConfigBinder"))).BlockFunc(func(g *jen.Group) {
			for _, f := range s.Fields {
				for _, item := range f.Items {
					g.Add(e.configItem(f, item))
				}
			}
		}))
}

func (e emitter) configItem(f *ConfigField, item ConfigItem) jen.Code {
	field := jen.Op("&").Id("c").Dot(f.GoName)
	options := e.itemOptions(item)
	switch f.Type {
	case ChoiceConfig, CardsConfig:
		args := append([]jen.Code{jen.Id("b"), jen.Lit(f.Key), field}, options...)
		return e.sdk(string(f.Type)).Call(args...)
	case KeyValuesConfig:
		args := append([]jen.Code{jen.Lit(f.Key), jen.Lit(f.Name), jen.Lit(f.Value), field}, options...)
		return jen.Id("b").Dot(string(f.Type)).Call(args...)
	}
	args := append([]jen.Code{jen.Lit(f.Key), field}, options...)
	return jen.Id("b").Dot(string(f.Type)).Call(args...)
}

func (e emitter) itemOptions(item ConfigItem) []jen.Code {
	var options []jen.Code
	if item.Required {
		options = append(options, e.sdk("Required"))
	}
	if item.Initial != "" {
		options = append(options, e.sdk("Initial").Call(jsonLiteral(item.Initial)))
	}
	if item.Min != nil {
		options = append(options, e.sdk("Min").Call(jen.Id(fmt.Sprint(*item.Min))))
	}
	if item.Max != nil {
		options = append(options, e.sdk("Max").Call(jen.Id(fmt.Sprint(*item.Max))))
	}
	if item.ParentKey != "" {
		options = append(options, e.sdk("When").Call(jen.Lit(item.ParentKey), jen.Lit(item.ParentValue)))
	}
	return options
}

func (e emitter) choiceType(c *Choice) jen.Code {
	return documented(c.Doc, jen.Type().Id(c.GoName).String())
}

func (e emitter) choiceConstants(c *Choice) jen.Code {
	return documented("The options of "+c.GoName+".", jen.Const().DefsFunc(func(g *jen.Group) {
		for _, o := range c.Options {
			g.Add(documented(o.Doc, jen.Id(o.GoName).Id(c.GoName).Op("=").Lit(o.Value)))
		}
	}))
}

func (e emitter) choiceValid(c *Choice) jen.Code {
	names := each(c.Options, func(o Option) jen.Code { return jen.Id(o.GoName) })
	return documented("Valid reports whether c is one of the options. A source that was made with an older spec may have another value.",
		jen.Func().Params(jen.Id("c").Id(c.GoName)).Id("Valid").Params().Bool().Block(
			jen.Switch(jen.Id("c")).Block(jen.Case(names...).Block(jen.Return(jen.True()))),
			jen.Return(jen.False()),
		))
}
