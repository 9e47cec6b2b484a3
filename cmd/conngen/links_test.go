//go:build unix

package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var (
	pageLink    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	pictureLink = regexp.MustCompile(`(?:src|srcset)="([^"]+)"`)
	headingLine = regexp.MustCompile(`^#{1,6} (.+)$`)
	codeSpan    = regexp.MustCompile("`[^`]*`")
)

// TestLinks: the links of all pages lead to files of the repository, and to headings of pages, and
// each page of the manual has a link to it.
func TestLinks(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	links, linked := 0, make(map[string]bool)
	for _, name := range append(manualPages(t, root), "README.md") {
		p := readPage(t, root, name)
		for i, line := range p.prose() {
			line = codeSpan.ReplaceAllString(line, "")
			for _, match := range slices.Concat(pageLink.FindAllStringSubmatch(line, -1), pictureLink.FindAllStringSubmatch(line, -1)) {
				if strings.Contains(match[1], ":") { // https: or mailto:
					continue
				}
				links++
				file, _, _ := strings.Cut(match[1], "#")
				linked[path.Join(path.Dir(name), file)] = true
				if problem := linkProblem(t, root, name, match[1]); problem != "" {
					t.Errorf("%s:%d: the link %s: %s", name, i+1, match[1], problem)
				}
			}
		}
	}
	for _, name := range manualPages(t, root) {
		if strings.HasPrefix(name, "docs/") && !linked[name] {
			t.Errorf("no page has a link to %s", name)
		}
	}
	if links < 100 {
		t.Errorf("%d links", links)
	}
}

// linkProblem says why a link of a page leads nowhere, or returns "".
func linkProblem(t *testing.T, root, page, link string) string {
	t.Helper()
	file, anchor, _ := strings.Cut(link, "#")
	target := path.Join(path.Dir(page), file)
	if file == "" {
		target = page
	}
	stat, err := os.Stat(filepath.Join(root, filepath.FromSlash(target)))
	switch {
	case err != nil:
		return "there is no " + target
	case anchor == "":
		return ""
	case stat.IsDir():
		return target + " is a folder"
	case !slices.Contains(readPage(t, root, target).anchors(), anchor):
		return fmt.Sprintf("%s has no heading for %q", target, anchor)
	}
	return ""
}

// prose returns the lines of a page, with empty ones in place of its blocks.
func (p *manualPage) prose() []string {
	lines := strings.Split(p.text, "\n")
	for _, b := range p.blocks {
		for i := range strings.Count(b.text, "\n") {
			lines[b.line+i] = ""
		}
	}
	return lines
}

// anchors are the names that GitHub gives the headings of a page.
func (p *manualPage) anchors() []string {
	var anchors []string
	times := make(map[string]int)
	for _, line := range p.prose() {
		heading := headingLine.FindStringSubmatch(line)
		if heading == nil {
			continue
		}
		anchor := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, pageLink.ReplaceAllString(heading[1], "]"))
		if n := times[anchor]; n > 0 {
			anchors = append(anchors, fmt.Sprintf("%s-%d", anchor, n))
		} else {
			anchors = append(anchors, anchor)
		}
		times[anchor]++
	}
	return anchors
}
