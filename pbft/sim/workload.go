package sim

import (
	"math/rand/v2"

	"github.com/anishathalye/porcupine"

	"bfs/pbft"
	"bfs/pbft/message"
)

// Workload is what the clients of a run ask of its replicas, and what is right
// of the answers. It is made anew for each run.
type Workload interface {
	// Name is the workload's name in settings.
	Name() string
	// Service returns one replica's service in its initial state.
	Service() Service
	// Script returns what one session of a client does.
	Script(id message.ClientID) Script
	// Model says which histories of calls are linearizable: the inputs and
	// outputs of its steps are those of Call and Explain.
	Model() porcupine.Model
	// Explain returns the model's input and output of an operation of which
	// only the bytes are known. The input is nil if, with that result, it has
	// changed nothing; ok is false if it cannot be explained.
	Explain(id message.ClientID, operation, result []byte) (input, output any, ok bool)
}

// Service is a replica's service with what the simulator wants besides.
type Service interface {
	pbft.Service
	// Corrupt flips a bit of the state, in a way that its digest shows.
	Corrupt(rng *rand.Rand)
	// CheckInvariants returns what is wrong with the state in itself.
	CheckInvariants() error
}

// Script is one session of a client. Several of its calls may be outstanding.
type Script interface {
	// Next is the next call.
	Next(rng *rand.Rand) Call
	// Last is the i-th of the calls, from 0, that read at the end of a run
	// what has come of it; nil after the last of them.
	Last(i int) Call
}

// Call is one thing that a client does, which appears to happen at one moment
// between its begin and its end. It is one operation, or several of which only
// the last can have an effect.
type Call interface {
	// Operation is what to send, and whether as a read-only request.
	Operation() (body []byte, readOnly bool)
	// Answer takes the result of what was sent. Unless the call is done,
	// Operation is another one now. The error says that the result is none of
	// the operation.
	Answer(result []byte) (done bool, err error)
	// Input and Output are the model's, the latter once the call is done.
	Input() any
	Output() any
}
