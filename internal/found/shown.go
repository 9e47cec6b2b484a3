package found

import "path/filepath"

// Shown is a path as people write it: relative to the working folder, unless the absolute path is
// shorter. A relative path stays as it is.
func Shown(path string) string {
	wd, err := filepath.Abs(".")
	if err != nil || !filepath.IsAbs(path) {
		return path
	}
	if below, err := filepath.Rel(wd, path); err == nil && filepath.IsLocal(below) {
		return below
	}
	if wd, err = filepath.EvalSymlinks(wd); err != nil { // the target of a link has another parent
		return path
	}
	if short, err := filepath.Rel(wd, path); err == nil && len(short) < len(path) {
		return short
	}
	return path
}
