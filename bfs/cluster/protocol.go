package cluster

import (
	"bfs/pbft"
	"bfs/pbft/message"
)

// protocolOf is the part of p that goes in the file.
func protocolOf(p pbft.Params) Protocol {
	return Protocol{
		CheckpointInterval: p.CheckpointInterval,
		LogSize:            p.LogSize,
		BatchRequests:      p.BatchRequests,
		BatchBytes:         p.BatchBytes,
		InFlight:           p.InFlight,
		ClientWindow:       p.ClientWindow,
		Sessions:           p.Sessions,
		MaxQueued:          p.MaxQueued,
		MaxQueuedBytes:     p.MaxQueuedBytes,
		LargeRequest:       p.LargeRequest,
		StatusInterval:     Duration(p.StatusInterval),
		Retransmit:         Duration(p.Retransmit),
		ClockBound:         Duration(p.ClockBound),
		ViewTimeout:        Duration(p.ViewTimeout),
	}
}

// params are the parameters of the protocol that the configuration asks for.
// The bounds of operations and results are the file service's, not the
// operator's: they stay at their defaults.
func (c *Config) params() pbft.Params {
	p := pbft.DefaultParams(max(c.Faults, 1))
	p.CheckpointInterval = c.Protocol.CheckpointInterval
	p.LogSize = c.Protocol.LogSize
	p.BatchRequests = c.Protocol.BatchRequests
	p.BatchBytes = c.Protocol.BatchBytes
	p.InFlight = c.Protocol.InFlight
	p.ClientWindow = c.Protocol.ClientWindow
	p.Sessions = c.Protocol.Sessions
	p.MaxQueued = c.Protocol.MaxQueued
	p.MaxQueuedBytes = c.Protocol.MaxQueuedBytes
	p.LargeRequest = c.Protocol.LargeRequest
	p.StatusInterval = message.Time(c.Protocol.StatusInterval)
	p.Retransmit = message.Time(c.Protocol.Retransmit)
	p.ClockBound = message.Time(c.Protocol.ClockBound)
	p.ViewTimeout = message.Time(c.Protocol.ViewTimeout)
	return p
}
