package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// unitPage runs a file of unit tests, which import Node.js modules.
const unitPage = `<!doctype html><link rel="icon" href="data:,">
<script type="importmap">{"imports": {"node:test": "/node/test.js", "node:assert/strict": "/node/assert.js", "node:fs": "/node/fs.js"}}</script>
<script type="module">import %q; globalThis.isLoaded = true;</script>`

// TestUnits runs the unit tests of the DOM-free models in the browser. make pages runs them in
// Node.js.
func TestUnits(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../pages/testdata/*.test.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: there are no tests", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/console/pages/", http.StripPrefix("/console/pages/", http.FileServer(http.Dir("../pages"))))
	mux.Handle("/golden/", http.StripPrefix("/golden/", http.FileServer(http.Dir("../../golden"))))
	mux.Handle("/node/", http.StripPrefix("/node/", http.FileServer(http.Dir("testdata/node"))))
	mux.HandleFunc("/run/{file}", func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.WriteString(w, fmt.Sprintf(unitPage, "/console/pages/testdata/"+req.PathValue("file")))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p := open(t, server.URL+"/run/"+filepath.Base(files[0]))
	for n, file := range files {
		if n > 0 {
			p.visit(server.URL + "/run/" + filepath.Base(file))
		}
		p.wait(`globalThis.isLoaded`)
		results := eval[[]struct{ Name, Error string }](p, `finish()`)
		if len(results) == 0 {
			t.Errorf("%s has no tests", file)
		}
		for _, r := range results {
			if r.Error != "" {
				t.Errorf("%s: %s: %s", file, r.Name, r.Error)
			}
		}
	}
	if passed := eval[[]string](p, missedFaults); len(passed) > 0 {
		t.Errorf("the assertions do not see %q", passed)
	}
}

// missedFaults are faults that the assertions should reject but accept.
const missedFaults = `import("/node/assert.js").then(async ({default: assert}) => {
	const missed = [];
	const wrong = {
		ok: () => assert.ok(0), equal: () => assert.equal("1", 1), notEqual: () => assert.notEqual(1, 1), match: () => assert.match("a", /b/),
		member: () => assert.deepEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }), missing: () => assert.deepEqual({ a: undefined }, { b: undefined }),
		length: () => assert.deepEqual([1], [1, undefined]), kind: () => assert.deepEqual([], {}), map: () => assert.deepEqual(new Map([[1, 2]]), new Map([[1, 3]])),
		none: () => assert.rejects(Promise.resolve(), Error), message: () => assert.rejects(Promise.reject(new Error("a")), new Error("b")),
		class: () => assert.rejects(Promise.reject(new Error("a")), TypeError),
	};
	for (const [name, run] of Object.entries(wrong)) await (async () => run())().then(() => missed.push(name), () => {});
	return missed;
})`
