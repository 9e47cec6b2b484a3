package sdktest

import (
	"fmt"
	"slices"
	"strings"
)

// The signs before the lines of a comparison.
const (
	expectedSign = "- "
	sentSign     = "+ "
	sameSign     = "  "
)

// shownContext is the number of equal lines around a difference, maxShown the number of lines
// in a comparison, and widest the number of bytes in a line.
const (
	shownContext = 3
	maxShown     = 60
	widest       = 200
)

// compare shows how two texts differ, line by line.
func compare(expected, sent string) string {
	return shorten(difference(splitLines(expected), splitLines(sent)))
}

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// difference returns the lines of both texts with their signs.
func difference(a, b []string) []string {
	var lines []string
	add := func(sign string, all []string) {
		for _, line := range all {
			lines = append(lines, sign+line)
		}
	}
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	add(sameSign, a[:start])
	midA, midB := a[start:len(a)-end], b[start:len(b)-end]
	i, j := 0, 0
	for _, pair := range common(midA, midB) {
		add(expectedSign, midA[i:pair[0]])
		add(sentSign, midB[j:pair[1]])
		add(sameSign, midA[pair[0]:pair[0]+1])
		i, j = pair[0]+1, pair[1]+1
	}
	add(expectedSign, midA[i:])
	add(sentSign, midB[j:])
	add(sameSign, a[len(a)-end:])
	return lines
}

// common returns the positions of a longest common subsequence of lines.
func common(a, b []string) [][2]int {
	const most = 4 << 20
	if len(a)*len(b) > most {
		return nil // nobody would read it
	}
	longest := make([][]int, len(a)+1) // of what follows
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var all [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			all = append(all, [2]int{i, j})
			i++
			j++
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return all
}

// shorten leaves out equal lines far from any difference, the ends of long lines, and lines
// beyond maxShown.
func shorten(lines []string) string {
	near := make([]bool, len(lines))
	for i, line := range lines {
		if strings.HasPrefix(line, sameSign) {
			continue
		}
		for j := max(0, i-shownContext); j < min(len(lines), i+shownContext+1); j++ {
			near[j] = true
		}
	}
	var b strings.Builder
	shown := 0
	for i, line := range lines {
		switch {
		case shown == maxShown:
			fmt.Fprintf(&b, "  … and %d lines more", len(lines)-i)
			return b.String()
		case near[i]:
			b.WriteString(clip(line) + "\n")
			shown++
		case i == 0 || near[i-1]:
			b.WriteString("  …\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func clip(line string) string {
	if len(line) <= widest {
		return line
	}
	return strings.ToValidUTF8(line[:widest], "") + "…"
}

// likeness measures how similar two requests are.
func likeness(a, b message) int {
	score := 0
	parts := a.parts()
	for part := range b.parts() {
		score += parts[part]
	}
	return score
}

// parts returns the parts of a request with their weights: the method and the path count more
// than parameters and the lines of the body.
func (m message) parts() map[string]int {
	const heavy = 5
	method, address, _ := strings.Cut(m.head[0], " ")
	path, query, _ := strings.Cut(address, "?")
	segments := strings.Split(path, "/")
	parts := make(map[string]int)
	for _, part := range slices.Concat(strings.Split(query, "&"), strings.Split(m.body, "\n")) {
		if part != "" {
			parts[part] = 1
		}
	}
	parts[method], parts[fmt.Sprint(len(segments))] = heavy, heavy
	for i, segment := range segments {
		parts[fmt.Sprint(i, "/", segment)] = heavy
	}
	return parts
}
