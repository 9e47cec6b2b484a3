package sdktest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// A replay answers the requests of a command from a scenario.
type replay struct {
	scenario *scenario
	answers  map[*pair]message
	mask     *mask // of requests

	// adopt replaces the nearest recorded request by one that is not recorded: right after the
	// recording the connector first sees stand-ins, and derives requests from them.
	adopt bool

	mu         sync.Mutex
	keys       []string // of the requests, by pair
	used       []bool   // by pair
	ended      bool
	unexpected []unexpected
}

// An unexpected request equals no recorded one.
type unexpected struct {
	request message
	key     string
	times   int
	nearest *pair // the nearest unused one; nil for none
	again   *pair // an equal one that is used; nil for none
}

var errEnded = errors.New("sdktest: the command has ended")

// errUnexpected is the connector's error in place of an answer.
var errUnexpected = errors.New("sdktest: the scenario has no answer to this request")

func newReplay(s *scenario, m *mask, answers map[*pair]message) *replay {
	r := &replay{scenario: s, answers: answers, mask: m, used: make([]bool, len(s.pairs))}
	texts := []string{s.config, s.input}
	for _, p := range s.pairs {
		r.keys = append(r.keys, p.request.key())
		texts = append(texts, p.request.text(), p.answer.text())
	}
	for _, text := range texts {
		for _, standIn := range standInAnywhere.FindAllString(text, -1) {
			m.secrets.issued[standIn] = true
		}
	}
	return r
}

func (r *replay) answer(req *http.Request, _ http.RoundTripper) (*http.Response, error) {
	answer, err := r.find(req, func(text string) string { return text })
	if err != nil {
		return nil, err
	}
	return response(answer, req)
}

// find rewrites the text of a request and returns the recorded answer.
func (r *replay) find(req *http.Request, rewrite func(string) string) (message, error) {
	body, err := readBody(req.Body)
	if err == nil {
		body, err = decoded(body, req.Header.Get("Content-Encoding"))
	}
	if err = errors.Join(err, req.Context().Err()); err != nil {
		return message{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return message{}, errEnded
	}
	sent := r.mask.request(req, body)
	sent.body = rewrite(sent.body)
	for i, line := range sent.head {
		sent.head[i] = rewrite(line)
	}
	p := r.pairOf(sent)
	if p == nil {
		return message{}, errUnexpected
	}
	return r.answers[p], nil
}

// pairOf uses the first unused pair with an equal request, and returns it; nil for none.
func (r *replay) pairOf(sent message) *pair {
	key := sent.key()
	var again *pair
	for i, p := range r.scenario.pairs {
		if r.keys[i] != key {
			continue
		}
		if !r.used[i] {
			r.used[i] = true
			return p
		}
		again = p
	}
	nearest := r.nearest(sent)
	if r.adopt && again == nil && nearest >= 0 && isSibling(r.scenario.pairs[nearest].request, sent) {
		p := r.scenario.pairs[nearest]
		r.used[nearest], p.request = true, sent
		return p
	}
	found := unexpected{request: sent, key: key, times: 1, again: again}
	if nearest >= 0 {
		found.nearest = r.scenario.pairs[nearest]
	}
	r.note(found)
	return nil
}

// nearest returns the unused pair whose request is most like another; -1 for none.
func (r *replay) nearest(sent message) int {
	const nextInOrder = 3 // most connectors send one request after another
	best, most := -1, -1
	for i, p := range r.scenario.pairs {
		if r.used[i] {
			continue
		}
		like := likeness(p.request, sent)
		if best < 0 {
			like += nextInOrder
		}
		if like > most {
			best, most = i, like
		}
	}
	return best
}

// isSibling reports whether one request may replace the other: both have the same method, host
// and number of path segments.
func isSibling(a, b message) bool {
	form := func(m message) string {
		method, address, _ := strings.Cut(m.head[0], " ")
		address, _, _ = strings.Cut(address, "?")
		scheme, rest, _ := strings.Cut(address, "://")
		host, path, _ := strings.Cut(rest, "/")
		return fmt.Sprint(method, " ", scheme, "://", host, strings.Count(path, "/"))
	}
	return form(a) == form(b)
}

func (r *replay) note(u unexpected) {
	for i := range r.unexpected {
		if known := &r.unexpected[i]; known.key == u.key {
			known.times++
			return
		}
	}
	r.unexpected = append(r.unexpected, u)
}

// end returns the problems with the requests of a command that has ended. One that had no client
// could not send any.
func (r *replay) end(hadNoClient bool) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	var problems []string
	for _, u := range r.unexpected {
		problems = append(problems, r.unexpectedText(u))
	}
	return append(problems, r.unusedText(hadNoClient)...)
}

func (r *replay) unexpectedText(u unexpected) string {
	const problem = "the connector sends a request that is not recorded"
	var b strings.Builder
	recorded := ""
	switch {
	case u.again != nil:
		fmt.Fprintf(&b, "%s: the connector sends a request more often than recorded; request %s is the last of its kind", r.scenario.at(u.again.line), u.again.name)
	case u.nearest != nil:
		fmt.Fprintf(&b, "%s: %s; request %s is the nearest unused one", r.scenario.at(u.nearest.line), problem, u.nearest.name)
		recorded = shownRequest(u.nearest.request)
	default:
		fmt.Fprintf(&b, "%s: %s, and no recorded one is left", r.scenario.file, problem)
	}
	if u.times > 1 {
		fmt.Fprintf(&b, "; it is sent %d times", u.times)
	}
	return b.String() + " (- recorded, + sent)\n" + compare(recorded, shownRequest(u.request))
}

// shownRequest writes a request for a comparison: each parameter has a line of its own.
func shownRequest(m message) string {
	address, query, hasQuery := strings.Cut(m.head[0], "?")
	lines := []string{address}
	if hasQuery {
		for i, parameter := range strings.Split(query, "&") {
			sign := "?"
			if i > 0 {
				sign = "&"
			}
			lines = append(lines, "    "+sign+parameter)
		}
	}
	m.head = append(lines, m.head[1:]...)
	return strings.TrimSuffix(m.text(), "\n")
}

func (r *replay) unusedText(hadNoClient bool) []string {
	const most = 10
	var unused []string
	for i, p := range r.scenario.pairs {
		if !r.used[i] {
			unused = append(unused, fmt.Sprintf("%s: request %s is recorded, but not sent: %s", r.scenario.at(p.line), p.name, clip(p.request.head[0])))
		}
	}
	if len(unused) == 0 {
		return nil
	}
	if len(unused) > most {
		unused = append(unused[:most], fmt.Sprintf("… and %d requests more", len(unused)-most))
	}
	if len(unused) == len(r.scenario.pairs) && len(r.unexpected) == 0 && !hadNoClient {
		unused = append(unused, "The command sends no request at all. "+clientHint)
	}
	return []string{strings.Join(unused, "\n")}
}

// compareLines returns the difference between the expected lines and those that a command
// sent; "" if there is none. Their order does not matter: outputs may come from concurrent
// parts of a command.
func compareLines(expected, sent []*node) string {
	left := make(map[string]int)
	for _, n := range expected {
		left[n.canonical()]++
	}
	var more, missing []*node
	for _, n := range sent {
		if key := n.canonical(); left[key] > 0 {
			left[key]--
		} else {
			more = append(more, n)
		}
	}
	for _, n := range expected {
		if key := n.canonical(); left[key] > 0 {
			left[key]--
			missing = append(missing, n)
		}
	}
	const most = 20 // of each: nobody reads more
	differing := len(more) + len(missing)
	missing, more = missing[:min(most, len(missing))], more[:min(most, len(more))]
	if differing == 0 {
		return ""
	}
	text := shorten(lineDifference(missing, more))
	if left := differing - len(more) - len(missing); left > 0 {
		text += fmt.Sprintf("\n  … and %d lines more that differ", left)
	}
	return text
}

// lineDifference compares each line with the most similar one.
func lineDifference(expected, sent []*node) []string {
	var all []string
	for _, n := range expected {
		best := nearestLine(n, sent)
		var other []string
		if best >= 0 {
			other = shownLine(sent[best])
			sent = slices.Delete(slices.Clone(sent), best, best+1)
		}
		all = append(all, difference(shownLine(n), other)...)
	}
	for _, n := range sent {
		all = append(all, difference(nil, shownLine(n))...)
	}
	return all
}

// nearestLine returns the index of the most similar line of the same type; -1 for none.
func nearestLine(n *node, all []*node) int {
	best, most := -1, -1
	for i, other := range all {
		if n.member("type").canonical() != other.member("type").canonical() {
			continue
		}
		like := message{[]string{""}, strings.Join(shownLine(other), "\n")}
		if score := likeness(message{[]string{""}, strings.Join(shownLine(n), "\n")}, like); score > most {
			best, most = i, score
		}
	}
	return best
}

// shownLine writes a line for a comparison, with its members in the order of their names.
func shownLine(n *node) []string {
	sorted, _ := readTree(n.canonical()) // always JSON
	return strings.Split(sorted.pretty(), "\n")
}
