package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/conngen/conngen/generator/internal/plan"
)

func (e emitter) configFile(yield func(jen.Code) bool) {
	if !all(yield, e.configStruct(e.Config), e.decodeConfig()) || !all(yield, e.configMethods(e.Config)...) {
		return
	}
	for _, card := range e.Cards {
		if !yield(e.configStruct(card)) || !all(yield, e.configMethods(card)...) {
			return
		}
	}
	for _, c := range e.Choices {
		if !yield(e.choiceType(c)) || !yield(e.choiceConstants(c)) || !yield(e.choiceValid(c)) {
			return
		}
	}
}

func (e emitter) configStruct(s *plan.ConfigStruct) jen.Code {
	return documented(s.Doc, jen.Type().Id(s.GoName).StructFunc(func(g *jen.Group) {
		for _, f := range s.Fields {
			g.Add(documented(f.Doc, jen.Id(f.GoName).Add(e.typ(f.Go()))))
		}
		if len(s.Fields) > 0 {
			g.Line()
		}
		g.Add(documented(s.Extra, jen.Id(plan.ExtraField).Map(jen.String()).Add(e.typ(plan.ExtraConfig))))
	}))
}

func (e emitter) decodeConfig() jen.Code {
	return documented("DecodeConfig reads and checks a source's config: the required values, limits and URLs of visible items. "+
		"Items without a value get their initial value. One [sdk.ConfigError] lists all problems and shows no values; the Config is still filled in as far as possible.",
		jen.Func().Id("DecodeConfig").Params(jen.Id("raw").Qual("encoding/json", "RawMessage")).Params(jen.Id("Config"), jen.Error()).Block(
			jen.Return(e.config("Read").Types(jen.Id("Config")).Call(jen.Id("raw"))),
		))
}

// configMethods emits the methods of the config or a card that tie it to the wire and print it.
func (e emitter) configMethods(s *plan.ConfigStruct) []jen.Code {
	receiver := func() *jen.Statement { return jen.Func().Params(jen.Id("c").Id(s.GoName)) }
	return []jen.Code{
		e.configItems(s),
		documented(plan.FormatMethod+" prints c with secrets redacted.",
			receiver().Id(plan.FormatMethod).Params(jen.Id("f").Qual("fmt", "State"), jen.Id("verb").Rune()).Block(
				e.config("Format").Call(jen.Op("&").Id("c"), jen.Id("f"), jen.Id("verb")))),
		documented(plan.MarshalMethod+" encodes c with secrets redacted.",
			receiver().Id(plan.MarshalMethod).Params().Params(jen.Index().Byte(), jen.Error()).Block(
				jen.Return(e.config("Marshal").Call(jen.Op("&").Id("c"))))),
	}
}

// configItems emits the method that maps the fields to the items' keys.
func (e emitter) configItems(s *plan.ConfigStruct) jen.Code {
	return documented(plan.ItemsMethod+" maps the fields to the item keys.",
		jen.Func().Params(jen.Id("c").Op("*").Id(s.GoName)).Id(plan.ItemsMethod).
			Params(jen.Id(items).Op("*").Add(e.config("Items"))).BlockFunc(func(g *jen.Group) {
			for _, f := range s.Fields {
				for _, item := range f.Items {
					g.Add(e.configItem(f, item))
				}
			}
			g.Add(jen.Id(items).Dot(plan.ExtraField).Call(jen.Op("&").Id("c").Dot(plan.ExtraField)))
		}))
}

// items is the parameter of the method that ties fields to keys.
const items = "items"

func (e emitter) configItem(f *plan.ConfigField, item plan.ConfigItem) jen.Code {
	field := jen.Op("&").Id("c").Dot(f.GoName)
	args := []jen.Code{jen.Lit(f.Name), field}
	reader := jen.Id(items).Dot(string(item.Type))
	switch item.Type {
	case plan.ChoiceConfig, plan.CardsConfig:
		reader, args = e.config(string(item.Type)), append([]jen.Code{jen.Id(items)}, args...)
	case plan.KeyValuesConfig, plan.SecretKeyValuesConfig:
		args = []jen.Code{jen.Lit(f.Name), jen.Lit(item.PairKey), jen.Lit(item.PairVal), field}
	}
	return reader.Call(append(args, e.itemOptions(item)...)...)
}

func (e emitter) itemOptions(item plan.ConfigItem) []jen.Code {
	var options []jen.Code
	if item.Required {
		options = append(options, e.config("Required"))
	}
	if item.Initial != "" {
		options = append(options, e.config("Initial").Call(jsonLiteral(item.Initial)))
	}
	if item.Min != nil {
		options = append(options, e.config("Min").Call(jen.Id(fmt.Sprint(*item.Min))))
	}
	if item.Max != nil {
		options = append(options, e.config("Max").Call(jen.Id(fmt.Sprint(*item.Max))))
	}
	if item.ParentKey != "" {
		options = append(options, e.config("When").Call(jen.Lit(item.ParentKey), jen.Lit(item.ParentValue)))
	}
	return options
}

func (e emitter) choiceType(c *plan.Choice) jen.Code {
	return documented(c.Doc, jen.Type().Id(c.GoName).String())
}

func (e emitter) choiceConstants(c *plan.Choice) jen.Code {
	return documented("The options of "+c.GoName+".", jen.Const().DefsFunc(func(g *jen.Group) {
		for _, o := range c.Options {
			g.Add(documented(o.Doc, jen.Id(o.GoName).Id(c.GoName).Op("=").Lit(o.Value)))
		}
	}))
}

func (e emitter) choiceValid(c *plan.Choice) jen.Code {
	names := each(c.Options, func(o plan.Option) jen.Code { return jen.Id(o.GoName) })
	return documented("Valid reports whether c is one of the options. A source that was made with an older spec may have another value.",
		jen.Func().Params(jen.Id("c").Id(c.GoName)).Id("Valid").Params().Bool().Block(
			jen.Switch(jen.Id("c")).Block(jen.Case(names...).Block(jen.Return(jen.True()))),
			jen.Return(jen.False()),
		))
}
