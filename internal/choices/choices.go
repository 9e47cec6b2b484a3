// Package choices turns the bytes of a fuzzer into random choices. Only tests use it.
package choices

import (
	"hash/fnv"
	"math/rand/v2"
)

// New returns a generator that takes one byte of data for each choice among a few, so a fuzzer that
// changes a byte changes one choice. After the last byte it continues with numbers that depend only
// on the data.
func New(data []byte) *rand.Rand {
	hash := fnv.New64a()
	_, _ = hash.Write(data) // never fails
	return rand.New(&source{data, rand.NewPCG(hash.Sum64(), 0)})
}

type source struct {
	data  []byte
	after *rand.PCG
}

// Uint64 returns the next byte eight times over: IntN uses the lowest bits for powers of two, and
// the highest ones otherwise.
func (s *source) Uint64() uint64 {
	if len(s.data) == 0 {
		return s.after.Uint64()
	}
	b := s.data[0]
	s.data = s.data[1:]
	return uint64(b) * 0x0101010101010101
}
