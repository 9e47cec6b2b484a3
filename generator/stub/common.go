package stub

import (
	"cmp"
	"errors"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/conngen/conngen/generator"
)

// A common holds the packages that universes share: the SDK, standard packages with embedded types,
// which may be large, and the types of opaque packages that these use. It is immutable, so any
// number of universes may share it.
type common struct {
	embedded map[string]bool // import paths of standard packages
	parsed   map[string]*userPackage
	checked  map[string]*types.Package
	opaque   map[string]*types.Package
	failed   map[string]error
	sdk      *types.Package // nil if it is opaque
}

// maxCommons is the maximum number of commons at once. Most clients embed the same types, or
// nothing.
const maxCommons = 16

// A commonCache keeps the recently used commons.
type commonCache struct {
	mu    sync.Mutex
	all   map[string]func() (*common, error)
	order []string // all keys, the most recently used last
}

var commons commonCache

// get returns the common for types embedded from some standard packages.
func (c *commonCache) get(roots []string, withSDK bool) (*common, error) {
	slices.Sort(roots)
	key := strings.Join(roots, " ")
	if withSDK {
		key += " and the SDK"
	}
	c.mu.Lock()
	if i := slices.Index(c.order, key); i >= 0 {
		c.order = slices.Delete(c.order, i, i+1)
	} else {
		if c.all == nil {
			c.all = make(map[string]func() (*common, error))
		}
		c.all[key] = sync.OnceValues(func() (*common, error) { return newCommon(roots, withSDK) })
	}
	if c.order = append(c.order, key); len(c.order) > maxCommons {
		delete(c.all, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	get := c.all[key]
	c.mu.Unlock()
	return get()
}

// A packageCache keeps packages that were read, by folder.
type packageCache struct {
	mu       sync.Mutex
	fset     *token.FileSet
	packages map[string]*userPackage
}

// standard caches packages of the standard library.
var standard = packageCache{fset: token.NewFileSet(), packages: make(map[string]*userPackage)}

// read reads a package, unless it was read before.
func (c *packageCache) read(dir string) (*userPackage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.packages[dir]; p != nil {
		return p, nil
	}
	p, err := readOther(c.fset, dir)
	if err == nil && len(p.files) > 0 {
		c.packages[dir] = p
	}
	return p, err
}

// newCommon type-checks standard packages, those from which they embed types, and the SDK.
func newCommon(roots []string, withSDK bool) (*common, error) {
	u := &universe{
		fset: token.NewFileSet(), sdk: generator.SDKFolder, generated: make(map[string][]generator.File), needed: make(map[string]bool),
		embedded: make(map[string]bool), parsed: make(map[string]*userPackage), failed: make(map[string]error), alone: true,
	}
	for _, root := range roots {
		u.addEmbedded(root)
	}
	if withSDK {
		if err := u.readSDK(u.sdk); err != nil {
			return nil, err
		}
	}
	c := &common{embedded: u.embedded, parsed: u.parsed, failed: u.failed}
	for u.stale = true; u.stale; {
		u.reset()
		for _, importPath := range slices.Sorted(maps.Keys(u.embedded)) {
			_, _ = u.Import(importPath) // the error is in u.failed
		}
		if withSDK {
			var err error
			if c.sdk, err = u.Import(u.sdk); err != nil {
				return nil, err
			}
		}
	}
	c.checked, c.opaque = u.checked, u.opaque
	return c, nil
}

// share makes a common part of a universe that has no types yet.
func (u *universe) share(withSDK bool) error {
	var err error
	if u.common, err = u.commons.get(slices.Clone(u.roots), withSDK); err != nil {
		return err
	}
	for importPath := range u.common.embedded {
		u.embedded[importPath], u.needed[importPath] = true, true
		if p := u.common.parsed[importPath]; p != nil {
			u.parsed[importPath] = p
		}
		if err := u.common.failed[importPath]; err != nil {
			u.failed[importPath] = err
		}
	}
	if withSDK {
		u.checked[u.sdk] = u.common.sdk
	}
	return nil
}

// takeCommon gives an opaque package the types that the common packages use from it.
func (u *universe) takeCommon(pkg *types.Package) {
	if u.common == nil || u.common.opaque[pkg.Path()] == nil {
		return
	}
	from := u.common.opaque[pkg.Path()].Scope()
	for _, name := range from.Names() {
		pkg.Scope().Insert(from.Lookup(name))
	}
}

// addEmbedded records that types of a standard package are embedded.
func (u *universe) addEmbedded(importPath string) {
	if !u.embedded[importPath] {
		u.roots = append(u.roots, importPath)
	}
	u.embedded[importPath], u.needed[importPath] = true, true
}

// isCommon reports whether a package is a standard one that universes share.
func (u *universe) isCommon(importPath string) bool { return !u.alone && u.embedded[importPath] }

// importCommon is Import for such a package.
func (u *universe) importCommon(importPath string) (*types.Package, error) {
	if u.common != nil && u.common.checked[importPath] != nil {
		return u.common.checked[importPath], nil
	}
	return nil, cmp.Or(u.failed[importPath], errors.New("the package is shared when the universe begins anew"))
}

// keepUp shares what is embedded, or marks the universe stale if it already has other types.
func (u *universe) keepUp() {
	switch {
	case u.alone, u.common.has(u.embedded):
	case len(u.checked)+len(u.opaque) > 0:
		u.stale = true
	default:
		_ = u.share(false) // only the SDK has errors
	}
}

func (c *common) has(embedded map[string]bool) bool {
	if c == nil {
		return len(embedded) == 0
	}
	for importPath := range embedded {
		if !c.embedded[importPath] {
			return false
		}
	}
	return true
}
