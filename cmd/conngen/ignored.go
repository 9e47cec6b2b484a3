package main

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/conngen/conngen/cmd/conngen/internal/git"
	"github.com/conngen/conngen/settings"
)

// withoutIgnored leaves out the specs below a folder that git ignores. Where git ignores the folder
// itself, its user wants what is in it. Outside of repositories, nothing is ignored. Specs that git
// cannot tell about stay, marked with the reason.
func withoutIgnored(dir string, paths []specPath) []specPath {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return paths
	}
	roots := newRootFinder()
	if place, ok := placeInRepository(roots, dir); ok {
		if ignored, _ := git.Ignored(place.root, place.path); len(ignored) > 0 { // an error comes again
			return paths
		}
	}
	places := make([][]repositoryPlace, len(paths))
	asked := make(map[string][]string) // paths by repository
	for i, p := range paths {
		places[i] = placesBelow(roots, dir, p.path)
		for _, place := range places[i] {
			asked[place.root] = append(asked[place.root], place.path)
		}
	}
	ignored := make(map[repositoryPlace]bool)
	silent := make(map[string]error) // repositories about which git says nothing
	for root, all := range asked {
		names, err := git.Ignored(root, all...)
		if err != nil {
			silent[root] = err
		}
		for _, name := range names {
			ignored[repositoryPlace{root, name}] = true
		}
	}
	var left []specPath
	for i, p := range paths {
		for _, place := range places[i] {
			p.unasked = cmp.Or(p.unasked, silent[place.root])
		}
		if !slices.ContainsFunc(places[i], func(place repositoryPlace) bool { return ignored[place] }) {
			left = append(left, p)
		}
	}
	return left
}

// A repositoryPlace is a path in a git repository.
type repositoryPlace struct {
	root string // of the repository
	path string // relative to it, with slashes
}

// placesBelow returns where a file is in its repository, and where that is in the one around
// it, as long as the inner one is below dir.
func placesBelow(roots *settings.RootFinder, dir, path string) []repositoryPlace {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil
	}
	var places []repositoryPlace
	for {
		place, ok := placeInRepository(roots, path)
		if !ok {
			return places
		}
		places = append(places, place)
		below, err := filepath.Rel(dir, place.root)
		if err != nil || below == "." || !filepath.IsLocal(below) {
			return places
		}
		path = place.root
	}
}

func placeInRepository(roots *settings.RootFinder, path string) (repositoryPlace, bool) {
	root, kind, err := roots.Project(filepath.Dir(path))
	if err != nil || kind != settings.Repository {
		return repositoryPlace{}, false
	}
	name, err := filepath.Rel(root, path)
	return repositoryPlace{root, filepath.ToSlash(name)}, err == nil
}
