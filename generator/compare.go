package generator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conngen/conngen/generator/internal/plan"
	"github.com/conngen/conngen/internal/plural"
	"github.com/conngen/conngen/internal/series"
	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
)

// GoImpact says what a change does to code written against the old generated package. Impacts are
// ordered.
type GoImpact = plan.Impact

// The impacts on Go code.
const (
	GoNone     = plan.None     // the package has the same API
	GoAdditive = plan.Additive // it only has new names
	GoBreaking = plan.Breaking // code may no longer compile, or a name has a new meaning
)

// A Change is one difference between two specs, or between the packages generated from them.
type Change struct {
	ID      string
	Subject string // see [diff.Change]
	Go      GoImpact
	Source  diff.SourceImpact
	Message string       // what happens, to whom, and what to do
	Plain   string       // the part of Message that is not about Go code, "" for a change of that alone
	Review  string       // why to look at code that still compiles, "" mostly
	Old     schema.Place // zero where the old spec has nothing
	New     schema.Place
}

// A Comparison has all changes from one spec to another.
type Comparison struct {
	Go      GoImpact          // the worst of all changes
	Source  diff.SourceImpact // the worst of all changes
	Review  bool              // some code needs review although it compiles
	Changes []Change
}

// CompareAPI compares two specs and the packages that their options produce. The specs may have
// errors: anything unreadable counts as absent. A different location of the package counts, too.
func CompareAPI(old, current *schema.Spec, oldOpts, opts Options) Comparison {
	c := compareLists(old, current, plan.New(old, oldOpts.plan()).API(), plan.New(current, opts.plan()).API())
	for _, place := range []struct{ what, was, is string }{
		{"package", oldOpts.Package, opts.Package},
		{"folder", oldOpts.Folder, opts.Folder},
		{"SDK", oldOpts.SDK, opts.SDK},
	} {
		if place.was != place.is {
			c.Changes = slices.Insert(c.Changes, 0, moved(place.what, place.was, place.is, current.File))
			c.Go = GoBreaking
		}
	}
	return c
}

// moved is the change of the import path of a package or its SDK.
func moved(what, was, is string, spec *schema.File) Change {
	k, _ := diff.Find(diff.GoAPIChanged)
	return Change{
		ID: k.ID, Subject: what, Source: k.Source, Go: GoBreaking, New: spec.Place(""),
		Message: fmt.Sprintf("the %s of the Go code was %q and is now %q; code that imports it no longer compiles", what, was, is),
	}
}

// compareLists compares two specs whose packages have these APIs.
func compareLists(old, current *schema.Spec, oldAPI, currentAPI []plan.Line) Comparison {
	d := newAPIDiff(oldAPI, currentAPI)
	changes := diff.Specs(old, current).Changes
	parts, rest := d.explain(changes)
	var c Comparison
	for i, change := range changes {
		c.Changes = append(c.Changes, d.change(change, parts[i]))
	}
	for _, g := range d.groups(rest) {
		c.Changes = append(c.Changes, d.unexplained(g, old.File, current.File))
	}
	slices.SortStableFunc(c.Changes, func(a, b Change) int {
		return cmp.Or(-cmp.Compare(a.Go, b.Go), -cmp.Compare(a.Source, b.Source), cmp.Compare(diff.Rank(a.ID), diff.Rank(b.ID)))
	})
	for _, change := range c.Changes {
		c.Go, c.Source, c.Review = max(c.Go, change.Go), max(c.Source, change.Source), c.Review || change.Review != ""
	}
	return c
}

// A part is some of the lines in which two APIs differ.
type part struct{ gone, added []plan.Line }

// An apiDiff is the difference between two APIs.
type apiDiff struct {
	part
	old, current api
	renamed      map[string]string // old Go names, for the same wire names
}

// An api is a list of lines with its indexes.
type api struct {
	lines  []plan.Line
	byName map[string]plan.Line
	fields map[[2]string]bool        // owner and wire name
	byKey  map[string][]plan.Line    // fields
	places map[string]schema.Pointer // where the spec first mentions something, by wire name, and by Go name after a dot
}

func newAPI(lines []plan.Line) api {
	a := api{
		lines: lines, byName: make(map[string]plan.Line, len(lines)), fields: make(map[[2]string]bool),
		byKey: make(map[string][]plan.Line), places: make(map[string]schema.Pointer),
	}
	for _, l := range lines {
		a.placed(l)
		a.byName[l.Name] = l
		if l.Kind() == "field" {
			for _, wire := range l.Wire() {
				a.fields[[2]string{l.Owner(), wire}] = true
			}
			for _, key := range l.Keys {
				a.byKey[key] = append(a.byKey[key], l)
			}
		}
	}
	return a
}

// placed records where the spec declares the subject of a line, unless an earlier line has done so.
func (a api) placed(l plan.Line) {
	if l.At == "" {
		return
	}
	for _, key := range append(slices.Clone(l.Keys), "."+l.Name) {
		if _, ok := a.places[key]; !ok {
			a.places[key] = l.At
		}
	}
}

func (a api) has(name string) bool {
	_, ok := a.byName[name]
	return ok
}

func newAPIDiff(old, current []plan.Line) *apiDiff {
	d := &apiDiff{old: newAPI(old), current: newAPI(current), renamed: make(map[string]string)}
	d.gone, d.added = plan.Compare(old, current)
	gone, added := bySense(d.gone), bySense(d.added)
	for s, before := range gone {
		if after := added[s]; len(after) == len(before) {
			for i, name := range before {
				if name != after[i] {
					d.renamed[name] = after[i]
				}
			}
		}
	}
	return d
}

// bySense returns the names of lines by their meaning. Several with the same meaning,
// such as an entitlement and its attributes, have the order of the list.
func bySense(lines []plan.Line) map[string][]string {
	names := make(map[string][]string)
	for _, l := range lines {
		if len(l.Keys) == 0 {
			continue
		}
		typ := ""
		if len(l.Wire()) == 0 {
			typ = l.Type()
		}
		sense := fmt.Sprintf("%s %s %s %q %q", l.Kind(), l.Owner(), typ, l.Keys, l.Wire())
		names[sense] = append(names[sense], l.Name)
	}
	return names
}

// explain gives each change the lines that it explains: those with one of its keys, or
// one below. It also returns the lines that no change explains.
func (d *apiDiff) explain(changes []diff.Change) (parts []part, rest part) {
	byKey := make(map[string][]int)
	for i, c := range changes {
		for _, key := range c.Keys {
			byKey[key] = append(byKey[key], i)
		}
	}
	parts = make([]part, len(changes))
	assign := func(l plan.Line, list func(*part) *[]plan.Line) {
		explainers := make(map[int]bool)
		for _, key := range l.Keys {
			for _, prefix := range prefixes(key) {
				for _, i := range byKey[prefix] {
					explainers[i] = true
				}
			}
		}
		for i := range explainers {
			lines := list(&parts[i])
			*lines = append(*lines, l)
		}
		if len(explainers) == 0 {
			lines := list(&rest)
			*lines = append(*lines, l)
		}
	}
	for _, l := range d.gone {
		assign(l, func(p *part) *[]plan.Line { return &p.gone })
	}
	for _, l := range d.added {
		assign(l, func(p *part) *[]plan.Line { return &p.added })
	}
	return parts, rest
}

// prefixes returns the keys that stand for a key, the shortest first: "account"
// and "account/mail".
func prefixes(key string) []string {
	var all []string
	for i, r := range key {
		if r == '/' {
			all = append(all, key[:i])
		}
	}
	return append(all, key)
}

// change adds the effect on Go code to a change.
func (d *apiDiff) change(c diff.Change, p part) Change {
	return Change{
		ID: c.ID, Subject: c.Subject, Source: c.Source, Old: c.Old, New: c.New,
		Go:      plan.Verdict(p.gone, p.added),
		Message: strings.Join(append([]string{c.Message}, d.consequences(p)...), "; "),
		Plain:   c.Message,
		Review:  d.review(p),
	}
}

// A lineGroup is related lines that no change of the spec explains.
type lineGroup struct {
	part
	key  string // wire name, or else Go name
	wire bool
}

// groups parts lines by wire names, or else Go names.
func (d *apiDiff) groups(p part) []*lineGroup {
	single := make(map[string]bool) // keys, enough to name a line
	for _, l := range slices.Concat(p.gone, p.added) {
		if len(l.Keys) == 1 {
			single[l.Keys[0]] = true
		}
	}
	var groups []*lineGroup
	type id struct {
		key  string
		wire bool
	}
	known := make(map[id]*lineGroup)
	group := func(l plan.Line) *lineGroup {
		key, wire := groupKey(l, single)
		g := known[id{key, wire}]
		if g == nil {
			g = &lineGroup{key: key, wire: wire}
			known[id{key, wire}], groups = g, append(groups, g)
		}
		return g
	}
	for _, l := range p.gone {
		g := group(l)
		g.gone = append(g.gone, l)
	}
	for _, l := range p.added {
		g := group(l)
		g.added = append(g.added, l)
	}
	return groups
}

func groupKey(l plan.Line, single map[string]bool) (key string, wire bool) {
	for _, key := range l.Keys {
		for _, prefix := range prefixes(key) {
			if single[prefix] {
				return prefix, true
			}
		}
	}
	if len(l.Keys) > 0 {
		return l.Keys[0], true
	}
	return l.Name, false
}

// unexplained makes a change from lines that no change of the spec explains.
func (d *apiDiff) unexplained(g *lineGroup, old, current *schema.File) Change {
	k, _ := diff.Find(diff.GoAPIChanged)
	facts := d.consequences(g.part)
	switch {
	case len(facts) > 0:
	case len(g.gone) > 0:
		facts = []string{fmt.Sprintf("code that uses %s no longer compiles", enumerate(qualified(g.gone)))}
	default:
		facts = []string{fmt.Sprintf("the package now has %s", enumerate(qualified(g.added)))}
	}
	label := g.key
	if g.wire {
		label = keyLabel(g.key)
	}
	c := Change{
		ID: k.ID, Subject: g.key, Source: k.Source,
		Go:      plan.Verdict(g.gone, g.added),
		Message: fmt.Sprintf("the Go code of %s changed: %s", label, strings.Join(facts, "; ")),
		Review:  d.review(g.part),
	}
	if at := g.at(g.gone, d.old); at != "" {
		c.Old = old.Place(at)
	}
	at := g.at(g.added, d.current)
	if at != "" || c.Old == (schema.Place{}) {
		c.New = current.Place(at)
	}
	return c
}

// at returns where a spec mentions a group, "" if it does not.
func (g *lineGroup) at(lines []plan.Line, a api) schema.Pointer {
	for _, l := range lines {
		if l.At != "" && (g.wire && slices.Contains(l.Keys, g.key) || !g.wire && l.Name == g.key) {
			return l.At
		}
	}
	if g.wire {
		return a.places[g.key]
	}
	return a.places["."+g.key]
}

// keyLabel names the meaning of a key as the messages of changes do.
func keyLabel(key string) string {
	tokens := strings.Split(key, "/")
	for i, t := range tokens {
		tokens[i] = strings.ReplaceAll(strings.ReplaceAll(t, "~1", "/"), "~0", "~")
	}
	names := tokens[1:]
	switch root := tokens[0]; {
	case root == "account" && len(names) == 0:
		return "the account schema"
	case root == "account":
		return fmt.Sprintf("account attribute %q", names[0])
	case root == "create" && len(names) == 0:
		return "the create template"
	case root == "create":
		return fmt.Sprintf("create field %q", names[0])
	case root == "entitlement" && len(names) == 1:
		return fmt.Sprintf("entitlement type %q", names[0])
	case root == "entitlement" && len(names) == 2:
		return fmt.Sprintf("attribute %q of entitlement type %q", names[1], names[0])
	case root == "config" && len(names) > 0:
		return fmt.Sprintf("config item %q", strings.Join(names, "[]."))
	case root == "option" && len(names) > 1:
		last := len(names) - 1
		return fmt.Sprintf("option %q of config item %q", names[last], strings.Join(names[:last], "[]."))
	case root == "command" && len(names) == 1:
		return fmt.Sprintf("command %q", names[0])
	}
	return key
}

// consequences says what the lines of a difference mean for code. When a type comes or goes, its
// members add nothing.
func (d *apiDiff) consequences(p part) []string {
	var renames, unused, lost, needed []string
	changed := newPhrases()
	for _, l := range p.gone {
		if d.goesWithItsType(l) {
			continue
		}
		now, kept := d.current.byName[l.Name]
		switch name, renamed := d.renamed[l.Name]; {
		case renamed:
			renames = append(renames, fmt.Sprintf("%s is now called %s", l.Name, name))
		case !kept && l.IsClientMethod():
			unused = append(unused, member(l))
		case !kept:
			lost = append(lost, l.Label())
		}
		if kept {
			changed.add(l.Name, howChanged(l, now))
		}
	}
	for _, l := range p.added {
		if l.IsClientMethod() && !d.old.has(l.Name) {
			needed = append(needed, member(l))
		}
	}
	var said []string
	if len(renames) > 0 {
		said = append(said, enumerate(renames))
	}
	said = append(said, changed.sentences()...)
	if len(lost) > 0 {
		said = append(said, fmt.Sprintf("code that uses %s no longer compiles", enumerate(lost)))
	}
	if len(unused) > 0 {
		said = append(said, fmt.Sprintf("nothing calls the client's %s %s any more", plural.Of(len(unused), "method"), enumerate(unused)))
	}
	if len(needed) > 0 {
		them := "it"
		if len(needed) > 1 {
			them = "them"
		}
		said = append(said, fmt.Sprintf("the client needs the %s %s; stub adds %s", plural.Of(len(needed), "method"), enumerate(needed), them))
	}
	return said
}

// goesWithItsType reports whether a removed line belongs to a removed type, or repeats what a
// method of the client says.
func (d *apiDiff) goesWithItsType(l plan.Line) bool {
	owner := l.Owner()
	if owner == "" && l.Kind() == "const" {
		owner = l.Type()
	}
	if owner != "" && d.old.has(owner) && !d.current.has(owner) {
		return true
	}
	return owner == "UnimplementedClient" && d.old.has("Client."+member(l))
}

// member is the name of a field or method within its type.
func member(l plan.Line) string { return strings.TrimPrefix(l.Name, l.Owner()+".") }

// howChanged says how a name changed that both APIs have. %s stands for the name, or
// several.
func howChanged(old, current plan.Line) string {
	switch {
	case old.Kind() != current.Kind():
		return fmt.Sprintf("%%s changed from a %s to a %s", old.Kind(), current.Kind())
	case old.IsClientMethod() && old.Type() != current.Type():
		return "%s has a different signature"
	case old.Type() != current.Type():
		return fmt.Sprintf("the type of %%s changed from %s to %s", escapeVerbs(old.Type()), escapeVerbs(current.Type()))
	}
	return fmt.Sprintf("%%s now stands for %s instead of %s", escapeVerbs(quoted(current.Wire())), escapeVerbs(quoted(old.Wire())))
}

func escapeVerbs(text string) string { return strings.ReplaceAll(text, "%", "%%") }

func quoted(names []string) string {
	var all []string
	for _, n := range names {
		all = append(all, strconv.Quote(n))
	}
	return strings.Join(all, " ")
}

// phrases are formats in order of first use, each with the names to fill in.
type phrases struct {
	formats []string
	names   map[string][]string
}

func newPhrases() *phrases { return &phrases{names: make(map[string][]string)} }

func (p *phrases) add(name, format string) {
	if p.names[format] == nil {
		p.formats = append(p.formats, format)
	}
	p.names[format] = append(p.names[format], name)
}

func (p *phrases) sentences() []string {
	var all []string
	for _, f := range p.formats {
		all = append(all, fmt.Sprintf(f, enumerate(p.names[f])))
	}
	return all
}

// review says which code needs a look although it compiles.
func (d *apiDiff) review(p part) string {
	var said []string
	if kept := d.keptInCreates(p); len(kept) > 0 {
		said = append(said, fmt.Sprintf("look at code that uses %s, which still compiles", enumerate(kept)))
	}
	return strings.Join(append(said, d.fromExtra(p)...), "; ")
}

// keptInCreates returns the fields that stay, because the create template has them, of attributes
// that accounts no longer have.
func (d *apiDiff) keptInCreates(p part) []string {
	var kept []string
	for _, l := range p.gone {
		if l.Kind() != "field" || d.current.has(l.Name) {
			continue
		}
		for _, wire := range l.Wire() {
			if !slices.Contains(l.Keys, string(schema.Pointer("account").Member(wire))) {
				continue
			}
			for _, field := range d.current.byKey[string(schema.Pointer("create").Member(wire))] {
				if d.old.has(field.Name) {
					kept = append(kept, field.Name)
				}
			}
		}
	}
	return kept
}

// fromExtra says which wire names leave Extra because their types now have fields for them. Code that
// reads them from Extra still compiles.
func (d *apiDiff) fromExtra(p part) []string {
	types := make(map[string][]string) // by wire name
	for _, l := range p.added {
		owner := l.Owner()
		if l.Kind() != "field" || !d.old.has(owner) || !d.old.has(owner+".Extra") {
			continue
		}
		for _, wire := range l.Wire() {
			if !d.old.fields[[2]string{owner, wire}] {
				types[wire] = append(types[wire], owner+".Extra")
			}
		}
	}
	var said []string
	for _, wire := range slices.Sorted(maps.Keys(types)) {
		said = append(said, fmt.Sprintf("code that reads %q from %s no longer finds it there", wire, enumerate(types[wire])))
	}
	return said
}

// maxEnumerated is the maximum number of things that a message lists.
const maxEnumerated = 3

// enumerate lists things in words: "a", "a and b", "a, b, c and 2 more".
func enumerate(things []string) string {
	if n := len(things) - maxEnumerated; n > 0 {
		things = append(slices.Clone(things[:maxEnumerated]), fmt.Sprintf("%d more", n))
	}
	return series.And(things)
}

func qualified(lines []plan.Line) []string {
	var names []string
	for _, l := range lines {
		names = append(names, l.Label())
	}
	return names
}
