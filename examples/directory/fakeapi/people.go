package fakeapi

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A person is one of the directory's people in the API's JSON.
type person struct {
	ID          string    `json:"id"`
	Login       string    `json:"login"`
	Email       string    `json:"email"`
	DisplayName string    `json:"display_name"`
	Contractor  bool      `json:"contractor"`
	Status      string    `json:"status"` // "active" or "disabled"
	Groups      []string  `json:"groups"`
	Updated     time.Time `json:"updated"`
	Deleted     bool      `json:"deleted,omitempty"`
}

// people are the people of the directory, by number. Unchanged people are generated on demand,
// so a million of them take no memory.
type people struct {
	first   int            // their number at the start
	total   int            // their number now, including deleted people
	groups  int            // the number of groups
	changed map[int]person // changed and deleted people
	taken   map[string]int // logins of created people
	now     time.Time      // advances by a second with each change
}

func newPeople(first, groups int) people {
	return people{
		first:   first,
		total:   first,
		groups:  groups,
		changed: make(map[int]person),
		taken:   make(map[string]int),
		now:     time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// The names of people.
var (
	givenNames  = []string{"Ada", "Bruno", "Chen", "Dina", "Emil", "Farah", "Goran", "Hana", "Ivo", "Jana", "Kofi"}
	familyNames = []string{"Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine", "Rowan", "Willow"}
)

const (
	active   = "active"
	disabled = "disabled"
)

// get returns the person with a number below the total.
func (p *people) get(i int) person {
	if changed, ok := p.changed[i]; ok {
		return changed
	}
	given, family := givenNames[i%len(givenNames)], familyNames[i/len(givenNames)%len(familyNames)]
	login := fmt.Sprintf("%s.%s%d", strings.ToLower(given), strings.ToLower(family), i)
	made := person{
		ID:          fmt.Sprintf("u-%07d", i),
		Login:       login,
		Email:       login + "@acme.example",
		DisplayName: given + " " + family,
		Contractor:  i%9 == 4,
		Status:      active,
		Groups:      []string{},
		Updated:     time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if i%13 == 6 {
		made.Status = disabled
	}
	for n := range i % 4 {
		made.Groups = append(made.Groups, groupID((i+7*n)%p.groups))
	}
	slices.Sort(made.Groups)
	made.Groups = slices.Compact(made.Groups)
	return made
}

// find returns the number of the person with an ID.
func (p *people) find(id string) (int, bool) {
	i, err := strconv.Atoi(strings.TrimPrefix(id, "u-"))
	if err != nil || i < 0 || i >= p.total {
		return 0, false
	}
	found := p.get(i)
	return i, found.ID == id && !found.Deleted
}

// hasLogin reports whether a login is taken.
func (p *people) hasLogin(login string) bool {
	if _, ok := p.taken[login]; ok {
		return true
	}
	i, err := strconv.Atoi(login[len(strings.TrimRight(login, "0123456789")):])
	return err == nil && i < p.first && p.get(i).Login == login && !p.get(i).Deleted
}

// add adds a person.
func (p *people) add(fields person) person {
	i := p.total
	p.total++
	fields.ID, fields.Status, fields.Groups = fmt.Sprintf("u-%07d", i), active, []string{}
	p.taken[fields.Login] = i
	return p.change(i, fields)
}

// change replaces a person.
func (p *people) change(i int, fields person) person {
	p.now = p.now.Add(time.Second)
	fields.Updated = p.now
	if fields.Deleted {
		delete(p.taken, fields.Login)
	}
	p.changed[i] = fields
	return fields
}

// from returns the numbers of people from i on, in order: all of them, or those changed after a
// time.
func (p *people) from(i int, after time.Time) iter.Seq[int] {
	return func(yield func(int) bool) {
		if after.IsZero() {
			for ; i < p.total && yield(i); i++ {
			}
			return
		}
		for _, n := range slices.Sorted(maps.Keys(p.changed)) {
			if n >= i && p.changed[n].Updated.After(after) && !yield(n) {
				return
			}
		}
	}
}

// A group is one of the directory's groups in the API's JSON.
type group struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

func groupID(i int) string { return fmt.Sprintf("g-%02d", i) }

// group returns the group with a number.
func (p *people) group(i int) group {
	return group{groupID(i), fmt.Sprintf("Team %d", i), fmt.Sprintf("May open the doors of team %d", i)}
}

// findGroup returns the number of the group with an ID.
func (p *people) findGroup(id string) (int, bool) {
	i, err := strconv.Atoi(strings.TrimPrefix(id, "g-"))
	return i, err == nil && i >= 0 && i < p.groups && groupID(i) == id
}
