package sdk

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
)

// A commandContext is the context of a command, with what the code under it may ask for.
type commandContext struct {
	context.Context
	connector *Connector
	info      CommandInfo
	writer    *Writer

	logging sync.Once
	log     *slog.Logger // few commands ask for it before they end
}

// The keys of a command's context.
type (
	infoKey           struct{}
	loggerKey         struct{}
	writerKey         struct{}
	partitionLimitKey struct{}
	connKey           struct{} // of a request's context
)

func (c *commandContext) Value(key any) any {
	switch key.(type) {
	case infoKey:
		return c.info
	case loggerKey:
		return c.logger()
	case writerKey:
		return c.writer
	case partitionLimitKey:
		return c.connector.options.partitions
	case connKey:
		return nil // a request that the command makes to another handler comes over no connection, least of all this one
	}
	return c.Context.Value(key)
}

// logger returns the logger of the command.
func (c *commandContext) logger() *slog.Logger {
	c.logging.Do(func() { c.log = c.connector.loggerFor(c.info) })
	return c.log
}

// String names the context without what is in it, as those of package context do.
func (c *commandContext) String() string { return fmt.Sprintf("%v.Command", c.Context) }
