package stub

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conngen/conngen/schema"
)

// TestCommon: clients need the same methods whether their universes share packages or type-check
// everything themselves.
func TestCommon(t *testing.T) {
	t.Parallel()
	spec, cache := stubSpec(t), new(commonCache)
	for _, path := range cases(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			c := readStubCase(t, path)
			opts := options(t.TempDir(), c.options["file"])
			if name, ok := c.options["type"]; ok {
				opts.Type = name
			}
			writeAll(t, opts.Dir, c.files(false))
			shared, err := stubIn(spec, opts, func(u *universe) { u.commons = cache })
			if err != nil {
				t.Fatal(err)
			}
			alone, err := stubIn(spec, opts, func(u *universe) { u.alone = true })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(alone, shared); diff != "" {
				t.Errorf("-alone +shared:\n%s", diff)
			}
		})
	}
}

// stubIn is Make in a universe that a test prepares.
func stubIn(spec *schema.Spec, opts Options, change func(*universe)) (*Stub, error) {
	user, err := readUserPackage(token.NewFileSet(), opts.Dir)
	if err != nil {
		return nil, err
	}
	c := newClient(spec, opts)
	u, err := newUniverse(spec, opts, user.fset, c.names())
	if err != nil {
		return nil, err
	}
	change(u)
	return c.stub(user, u)
}

// TestCommonOnce: any number of clients that embed the same standard types share one type check of
// those and the SDK.
func TestCommonOnce(t *testing.T) {
	t.Parallel()
	spec, cache := stubSpec(t), new(commonCache)
	embeds := []string{"sync.Mutex", "*http.Client", "sync.Locker; http.Handler", "name string", "strings.Builder"}
	var group sync.WaitGroup
	commons := make(chan *common, 8*len(embeds))
	for i := range cap(commons) {
		opts := options(t.TempDir(), "")
		writeAll(t, opts.Dir, map[string][]byte{
			"go.mod": []byte("module example.com/app\n\ngo 1.24\n"),
			"client.go": fmt.Appendf(nil, "package main\n\nimport (\n\t\"net/http\"\n\t\"strings\"\n\t\"sync\"\n)\n\ntype Client struct{ %s }\n\nvar _ http.Client\nvar _ sync.Mutex\nvar _ strings.Reader\n",
				embeds[i%len(embeds)]),
		})
		group.Go(func() {
			var u *universe
			stub, err := stubIn(spec, opts, func(own *universe) {
				u = own
				u.commons = cache
			})
			if err != nil || len(stub.Added) == 0 || len(stub.Problems) > 0 {
				t.Errorf("%v %+v", err, stub)
			}
			commons <- u.common
		})
	}
	group.Wait()
	close(commons)
	var all []*common
	for c := range commons {
		if !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	if len(all) != len(embeds) {
		t.Errorf("%d commons for %d kinds of clients", len(all), len(embeds))
	}
	// Without the SDK there is one for each kind that embeds something.
	if want := 2*len(embeds) - 1; len(cache.order) != want || len(cache.all) != want {
		t.Errorf("the cache has %d commons %q, want %d", len(cache.all), cache.order, want)
	}
}

// TestCommonCache: the cache keeps the recently used entries.
func TestCommonCache(t *testing.T) {
	t.Parallel()
	var cache commonCache
	get := func(root string) *common {
		c, err := cache.get([]string{root}, false)
		if err != nil || c.failed[root] == nil {
			t.Fatal(root, err, c)
		}
		return c
	}
	first, second := get("nowhere/0"), get("nowhere/1")
	for i := 2; i <= maxCommons; i++ {
		get(fmt.Sprint("nowhere/", i))
		if get("nowhere/0") != first {
			t.Fatalf("a common in use is made anew for the %dth", i)
		}
	}
	if get("nowhere/1") == second || len(cache.all) != maxCommons || len(cache.order) != maxCommons {
		t.Errorf("one that was not used is kept among %q", cache.order)
	}
}
