//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conngen/conngen/internal/homepage"
	"github.com/conngen/conngen/internal/manual"
	"github.com/conngen/conngen/internal/rules"
)

// TestLinks: each link of a page leads to a file or folder of the repository, and to a heading where
// it names one. Links lead from the README to all pages, and from the manual's index to all files of
// the manual.
func TestLinks(t *testing.T) {
	t.Parallel()
	l := newLinkReader(t)
	pages := append(manualPages(t, repository), "README.md")
	links := make(map[string][]string)
	for _, page := range pages {
		for _, link := range l.of(page) {
			target, err := l.target(page, link.to)
			if err != nil {
				t.Errorf("%s:%d: %v", page, link.line, err)
			}
			links[page] = append(links[page], target, path.Join(target, "README.md")) // which GitHub shows with a folder
		}
	}
	var manualFiles []string
	err := fs.WalkDir(os.DirFS(repository), "docs", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			manualFiles = append(manualFiles, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for from, files := range map[string][]string{"README.md": pages, "docs/README.md": manualFiles} {
		reached := linkedFrom(from, links)
		for _, file := range files {
			if !reached[file] {
				t.Errorf("%s: no links lead here from %s", file, from)
			}
		}
	}
}

// TestAddresses: what help, findings and new projects say of the manual's addresses is true.
func TestAddresses(t *testing.T) {
	t.Parallel()
	l := newLinkReader(t)
	texts := make(map[string]string)
	root := wholeRoot()
	least := len(rules.All())
	for _, cmd := range append(root.Commands(), root) {
		var b bytes.Buffer
		printHelp(&b, cmd)
		texts[cmd.CommandPath()] = b.String()
		if !cmd.HasParent() || manualOf(cmd) != "" {
			least++
		}
	}
	for _, r := range rules.All() {
		texts[r.ID] = r.Page()
	}
	for _, file := range []string{"README.md.tmpl", "AGENTS.md.tmpl"} {
		text, err := os.ReadFile(filepath.Join(repository, "templates", "project", file))
		if err != nil {
			t.Fatal(err)
		}
		if links := linksIn(string(text)); slices.ContainsFunc(links, func(link pageLink) bool { return !webAddress.MatchString(link.to) }) {
			t.Errorf("%s has links %v, and nothing checks where a relative one leads in a project", file, links)
		}
		texts[file] = string(text)
	}
	found := 0
	for from, text := range texts {
		for _, to := range manualAddress.FindAllString(text, -1) {
			found++
			if _, err := l.target("README.md", to); err != nil {
				t.Errorf("%s: %v", from, err)
			}
		}
	}
	if found < least {
		t.Errorf("%d addresses, want %d at least", found, least)
	}
}

// TestDeadLinks: a link that leads nowhere is found, and code is not read for links.
func TestDeadLinks(t *testing.T) {
	t.Parallel()
	l := newLinkReader(t)
	for to, want := range map[string]string{
		"none.md":                           "no such file",
		"../none/":                          "no such file",
		"../../README.md":                   "leads out of the repository",
		"#none":                             "docs/README.md has no heading #none",
		"../README.md#what-you-got":         "README.md has no heading #what-you-got",
		"images/dev-form-dark.png#a":        "docs/images/dev-form-dark.png has no headings",
		homepage.Manual("none.md"):          "no such file",
		homepage.Manual("README.md#none"):   "docs/README.md has no heading #none",
		homepage.URL + "/blob/main/none.go": "no such file",
		homepage.URL + "/wiki":              "is not a file of the repository",
		"../README.md":                      "",
		"../golden":                         "",
		"../README.md#what-you-get":         "",
		"#how-to":                           "",
		homepage.URL:                        "",
		"https://example.com/none":          "",
	} {
		_, err := l.target("docs/README.md", to)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
	text := "[a](b.md), ![c](d.png) `[not](e.md)`\n```text\n[not](f.md)\n```\n<img src=\"g.png\">[h\ni](j.md) [k](l.md \"title\")\n[a [`m`](n.md)](o.md)\n"
	if got, want := fmt.Sprint(linksIn(text)), "[{1 b.md} {1 d.png} {5 g.png} {6 j.md} {6 l.md} {7 n.md} {7 o.md}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(anchorsIn("# A `b`: c\n```sh\n# not\n```\n## [Link](a.md)\n## A b c\n")), "[#a-b-c #link #a-b-c-1]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A linkReader knows where links of pages lead.
type linkReader struct {
	*testing.T
	anchors map[string][]string // of pages
}

func newLinkReader(t *testing.T) linkReader { return linkReader{t, make(map[string][]string)} }

// A pageLink is one of a page.
type pageLink struct {
	line int
	to   string
}

func (l linkReader) read(page string) string {
	l.Helper()
	text, err := os.ReadFile(filepath.Join(repository, filepath.FromSlash(page)))
	if err != nil {
		l.Fatal(err)
	}
	return string(text)
}

// of returns the links of a page.
func (l linkReader) of(page string) []pageLink {
	l.Helper()
	return linksIn(l.read(page))
}

var (
	webAddress = regexp.MustCompile(`^[a-z]+:`)
	// manualAddress is an address of conngen in a text.
	manualAddress = regexp.MustCompile(regexp.QuoteMeta(homepage.Manual("")) + `[\w./#-]*[\w/-]`)
	linkForm      = regexp.MustCompile(`\]\(([^)\s]+)(?: "[^"]*")?\)|\b(?:src|srcset|href)="([^"]+)"`)
	codeSpan      = regexp.MustCompile("`[^`\n]*`")
)

// linksIn returns the links of a text, without those in code.
func linksIn(text string) []pageLink {
	text = codeSpan.ReplaceAllString(withoutBlocks(text), "")
	var found []pageLink
	for _, at := range linkForm.FindAllStringSubmatchIndex(text, -1) {
		from, to := max(at[2], at[4]), max(at[3], at[5])
		found = append(found, pageLink{1 + strings.Count(text[:from], "\n"), text[from:to]})
	}
	return found
}

// withoutBlocks empties the lines of code blocks.
func withoutBlocks(text string) string {
	lines := strings.Split(text, "\n")
	end := ""
	for i, line := range lines {
		switch fence := fenceLine.FindStringSubmatch(line); {
		case end != "":
			if strings.TrimSpace(line) == end {
				end = ""
			}
		case fence != nil:
			end = fence[2]
		default:
			continue
		}
		lines[i] = ""
	}
	return strings.Join(lines, "\n")
}

// target returns the file or folder that a link of a page leads to, "" for one elsewhere on the web.
func (l linkReader) target(page, link string) (string, error) {
	l.Helper()
	to, anchor, _ := strings.Cut(link, "#")
	name := path.Join(path.Dir(page), to)
	if local, ok := strings.CutPrefix(to, homepage.URL); ok && local != "" {
		if name, ok = strings.CutPrefix(local, "/blob/main/"); !ok {
			return "", fmt.Errorf("%s is not a file of the repository", link)
		}
	} else if webAddress.MatchString(to) {
		return "", nil
	}
	if to == "" {
		name = page
	}
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("%s leads out of the repository", link)
	}
	if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(name))); err != nil {
		return "", fmt.Errorf("%s: %w", link, err)
	}
	if anchor == "" {
		return name, nil
	}
	if path.Ext(name) != ".md" {
		return "", fmt.Errorf("%s has no headings", name)
	}
	if _, ok := l.anchors[name]; !ok {
		l.anchors[name] = anchorsIn(l.read(name))
	}
	if !slices.Contains(l.anchors[name], "#"+anchor) {
		return "", fmt.Errorf("%s has no heading #%s", name, anchor)
	}
	return name, nil
}

var (
	headingLine = regexp.MustCompile(`(?m)^ {0,3}#{1,6} +(.*)$`)
	linkedText  = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// anchorsIn returns the fragments of the headings of a page.
func anchorsIn(text string) []string {
	var all []string
	times := make(map[string]int)
	for _, heading := range headingLine.FindAllStringSubmatch(withoutBlocks(text), -1) {
		anchor := manual.Anchor(linkedText.ReplaceAllString(heading[1], "$1"))
		if n := times[anchor]; n > 0 {
			all = append(all, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			all = append(all, anchor)
		}
		times[anchor]++
	}
	return all
}

// linkedFrom returns where links lead from a page, over any number of pages.
func linkedFrom(from string, links map[string][]string) map[string]bool {
	reached := map[string]bool{from: true}
	for next := []string{from}; len(next) > 0; next = next[1:] {
		for _, to := range links[next[0]] {
			if !reached[to] {
				reached[to] = true
				next = append(next, to)
			}
		}
	}
	return reached
}
