package main

import (
	"sync"

	"github.com/conngen/conngen/cmd/conngen/internal/report"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/generator/target"
)

// A survey reads specs and compares their packages with the disk, spec by spec. Of each it keeps only
// the findings and how its package differs, so it works for any number of specs.
type survey struct {
	outputFlags
	doing  string               // to packages: for progress
	format string               // of what is said of specs
	look   func(*packageSource) // is called for each package while all of its spec is there; may be nil
}

// survey makes a survey of the specs that the arguments mean. Its error is about files that cannot be
// read; [app.settle] returns later errors.
func (a app) survey(args []string, s survey) (packages, error) {
	paths, err := a.specPaths(args)
	if err != nil {
		return packages{}, err
	}
	p := packages{finder: new(target.Finder), ahead: new(readAhead)}
	p.list, _ = inParallel(a.working(s.doing, len(paths), "package"), paths, func(path specPath) (packageSource, error) {
		return a.surveySpec(p.finder, p.ahead, path, s), nil // the errors count in their order
	})
	p.ahead.work.Wait()
	return p, p.failedIn(reading)
}

// surveySpec is survey for one spec.
func (a app) surveySpec(finder *target.Finder, ahead *readAhead, path specPath, s survey) packageSource {
	read, err := a.readSource(path)
	if err != nil {
		return packageSource{failed: phaseError{reading, err}}
	}
	p := s.place(finder, read)
	if p.isPlaced() {
		ahead.begin(p.target.SDK)
		p.compare(finder)
	}
	if p.isPlaced() && s.look != nil {
		s.look(&p)
	}
	p.forget(s.format)
	return p
}

// A readAhead reads the folder of one SDK, which most runs have, while packages are generated.
type readAhead struct {
	begun sync.Once
	work  sync.WaitGroup
	sdk   target.SDK
	disk  *generator.Reading // nil if the SDK is not up to date
}

// begin begins to read the folder of the first SDK that it is called for.
func (r *readAhead) begin(sdk target.SDK) {
	if sdk.Dir == "" {
		return // conngen does not write it
	}
	r.begun.Do(func() {
		r.sdk = sdk
		r.work.Go(func() {
			disk, err := generator.ReadSDK(sdk.Dir, sdk.Import)
			if err == nil && !disk.Differs() {
				r.disk = disk
			}
		})
	})
}

// of returns the state of an SDK's folder if it was read and is up to date.
func (r *readAhead) of(sdk target.SDK) *generator.Reading {
	if r == nil || r.sdk.Dir != sdk.Dir || r.sdk.Import != sdk.Import {
		return nil
	}
	return r.disk
}

// compare generates the package and reads its folder.
func (p *packageSource) compare(finder *target.Finder) {
	files, err := p.generate()
	p.files = files
	readErr := err
	if err == nil {
		p.disk, readErr = generator.ReadPackage(p.target.Dir, files)
	}
	p.check(finder, func() ([]generator.File, error) { return files, err })
	if readErr != nil && p.failed.err == nil {
		p.failed = phaseError{comparing, readErr}
	}
}

// forget drops the spec, unless it has findings that are shown in a format.
func (p *packageSource) forget(format string) {
	p.files = nil
	shown := p.errors()
	if format == report.JSON {
		shown = p.problems()
	}
	if len(shown.Findings) == 0 {
		p.source.forget()
	}
}

// sources are the specs.
func (p packages) sources() []source {
	all := make([]source, len(p.list))
	for i, s := range p.list {
		all[i] = s.source
	}
	return all
}
