//go:build !js

package sdk

import "sync"

// maxTogether is how many bytes leave together at most: a full batch of lines with what goes around it.
const maxTogether = maxPending + 8<<10

// A together gathers what a connection is to send until it is released. The server writes a batch of
// lines in three parts, the outer two of which have a few bytes; each would cost as much as the
// batch, here and at the client.
type together struct {
	gathering bool
	buffer    *[]byte // what has been gathered; nil for nothing
	broken    error   // of the write that failed; nil while none has
}

// The buffers grow with what is gathered: most answers are short.
var togetherBuffers = sync.Pool{New: func() any { return new([]byte) }}

// gather holds back what is written until release. It must not be called while something waits for
// the client to answer what is written, as HTTP/2 does.
func (c *patientConn) gather() {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.together.gathering = true
}

// release sends what has been gathered.
func (c *patientConn) release() error {
	c.sending.Lock()
	defer c.sending.Unlock()
	c.together.gathering = false
	_, err := c.sendGathered()
	return err
}

// Write writes at once, or holds back while the connection gathers. After a write that failed, all
// others fail too: the server, which knows nothing of what is gathered, would continue after the
// gap.
func (c *patientConn) Write(b []byte) (int, error) {
	c.sending.Lock()
	defer c.sending.Unlock()
	t := &c.together
	if t.broken != nil {
		return 0, t.broken
	}
	if t.gathering && len(b) <= maxTogether {
		if t.buffer != nil && len(*t.buffer)+len(b) > maxTogether {
			if _, err := c.sendGathered(); err != nil {
				return 0, err
			}
		}
		if t.buffer == nil {
			t.buffer = togetherBuffers.Get().(*[]byte)
		}
		*t.buffer = append(*t.buffer, b...)
		return len(b), nil
	}
	if _, err := c.sendGathered(); err != nil {
		return 0, err
	}
	return c.sendAll(b)
}

// sendGathered sends what has been gathered, and releases the buffer.
func (c *patientConn) sendGathered() (int, error) {
	buffer := c.together.buffer
	if buffer == nil {
		return 0, nil
	}
	c.together.buffer = nil
	n, err := c.sendAll(*buffer)
	*buffer = (*buffer)[:0]
	togetherBuffers.Put(buffer)
	return n, err
}

// sendAll sends, and remembers that it has failed.
func (c *patientConn) sendAll(b []byte) (int, error) {
	n, err := c.send(b)
	c.together.broken = err
	return n, err
}
