package console

import (
	"path/filepath"

	"github.com/conngen/conngen/console/loop"
)

// A state is everything in the head of the page.
type state struct {
	Project   project        `json:"project"`
	Phase     loop.Phase     `json:"phase"`
	Steps     []loop.Step    `json:"steps"`
	Connector loop.Connector `json:"connector"`
	SelfTest  selfTestState  `json:"selftest"`
	Calls     int            `json:"calls"`
	Config    configState    `json:"config"`
	Version   string         `json:"version"`
}

type project struct {
	Name      string `json:"name"`
	Dir       string `json:"dir"` // the last element of its path
	Spec      string `json:"spec"`
	Connector string `json:"connector"` // URL of an external one

	SpecVersion int `json:"specVersion"` // changes with each readable spec
}

func (s *Server) state() state {
	now := s.options.Loop.Snapshot()
	for i := range now.Steps {
		now.Steps[i].Text = s.masker.Text(now.Steps[i].Text)
	}
	o := s.options
	if spec := s.currentSpec(); o.Name == "" && spec != nil {
		o.Name = spec.Name
	}
	return state{
		Project: project{o.Name, filepath.Base(o.Dir), o.Spec, s.masker.Text(shown(o.Connector)), s.spec.version()},
		Phase:   now.Phase, Steps: now.Steps, Connector: now.Connector,
		SelfTest: s.selfTest.state(), Calls: s.recorder.Count(), Config: s.config.state(), Version: o.Version,
	}
}

// problems returns all groups: those of the loop, and the self test.
func (s *Server) problems() problemsAnswer {
	groups := s.options.Loop.Problems()
	all := make([]loop.Group, 0, len(groups)+1)
	for _, g := range groups {
		if g.Name == loop.GroupSelfTest {
			continue
		}
		g.Text = s.masker.Text(g.Text)
		found := make([]loop.Problem, len(g.Found))
		for i, p := range g.Found {
			p.Message, p.Hint = s.masker.Text(p.Message), s.masker.Text(p.Hint)
			found[i] = p
		}
		if broken := s.config.problem(); broken != nil && g.Name == loop.GroupValidate {
			found, g.State = append(found, *broken), loop.GroupFound
		}
		g.Found = found
		all = append(all, g)
	}
	return problemsAnswer{append(all, s.selfTest.group())}
}

type problemsAnswer struct {
	Groups []loop.Group `json:"groups"`
}
