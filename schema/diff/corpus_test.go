package diff_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
	"github.com/conngen/conngen/schema/diff"
)

// corpus holds versions of real specs; it is not part of the module.
const corpus = "../../../shared/corpus"

type pair struct {
	Old        string `json:"old"`
	New        string `json:"new"`
	Source     string `json:"source"`
	Guide      bool   `json:"guide"`
	Unreadable bool   `json:"unreadable"`
	Changes    []struct {
		ID    string `json:"id"`
		About string `json:"about"`
	} `json:"changes"`
}

// TestCorpus: the changes of real commits have the expected kinds and effects on sources.
func TestCorpus(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(corpus, "history-expected.json"))
	if os.IsNotExist(err) {
		t.Skipf("no corpus of real specs at %s", corpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	var history map[string]struct {
		Pairs []pair `json:"pairs"`
	}
	if err := json.Unmarshal(data, &history); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(history)) {
		for _, p := range history[name].Pairs {
			t.Run(fmt.Sprintf("%s/%s-%s", name, p.Old, p.New), func(t *testing.T) {
				t.Parallel()
				checkPair(t, name, p)
			})
		}
	}
}

func checkPair(t *testing.T, name string, p pair) {
	t.Helper()
	old, oldFound := version(t, name, p.Old)
	current, currentFound := version(t, name, p.New)
	if unreadable := len(oldFound.Syntax())+len(currentFound.Syntax()) > 0; unreadable != p.Unreadable {
		t.Errorf("unreadable: %v, want %v", unreadable, p.Unreadable)
	}
	if p.Unreadable {
		return
	}
	got := diff.Specs(old, current)
	if !p.Guide && got.Source.String() != p.Source {
		t.Errorf("the impact on sources is %v, want %s", got.Source, p.Source)
	}
	var want, found []string
	for _, c := range p.Changes {
		want = append(want, apart(c.ID, c.About)...)
	}
	for _, c := range got.Changes {
		found = append(found, apart(c.ID, c.Subject)...)
	}
	slices.Sort(want)
	slices.Sort(found)
	if d := cmp.Diff(want, found); d != "" && !p.Guide {
		t.Errorf("changes (-want +got):\n%s", d)
	}
}

// apart turns a renaming, which is a guess, into a removal and an addition: either is right.
func apart(id, subject string) []string {
	old, current, _ := strings.Cut(subject, "->")
	if kind, ok := strings.CutSuffix(id, "-renamed"); ok {
		return []string{kind + "-removed " + old, kind + "-added " + current}
	}
	for _, added := range []string{"-optional-key-added", "-conditional-required-key-added", "-required-key-added-with-default", "-required-key-added"} {
		if kind, ok := strings.CutSuffix(id, added); ok {
			return []string{kind + "-key-added " + subject}
		}
	}
	return []string{id + " " + subject}
}

func version(t *testing.T, name, number string) (*schema.Spec, schema.Diagnostics) {
	t.Helper()
	path := filepath.Join(corpus, "history", name, number+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return schema.Parse(path, text)
}
