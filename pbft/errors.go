package pbft

import (
	"errors"
	"fmt"

	"bfs/pbft/message"
)

// ErrWindowFull is returned by Client.Invoke while the client's window of
// unanswered requests is full.
var ErrWindowFull = errors.New("pbft: the client's window is full; wait until a request is answered")

// IDError says that there is no replica with this number.
type IDError struct {
	ID       message.ReplicaID
	Replicas int
}

// Error is the message.
func (e *IDError) Error() string {
	return fmt.Sprintf("pbft: there is no replica %d: replicas are numbered from 0 to %d", e.ID, e.Replicas-1)
}
