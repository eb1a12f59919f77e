package sim

import (
	"fmt"
	"reflect"

	"bfs/pbft"
)

// footprint is about how many bytes a core keeps, measured in its memory: all
// that can be reached from it but the service, its versions and functions. What
// can be reached in several ways counts once.
func footprint(core *pbft.Replica) int {
	m := measure{seen: make(map[uintptr]bool)}
	m.value(reflect.ValueOf(core))
	return m.bytes
}

type measure struct {
	seen  map[uintptr]bool
	bytes int
}

// foreign are the interfaces whose contents do not count; messages do.
var foreign = map[reflect.Type]bool{
	reflect.TypeFor[pbft.Service]():  true,
	reflect.TypeFor[pbft.Version]():  true,
	reflect.TypeFor[pbft.Assembly](): true,
	reflect.TypeFor[pbft.Pages]():    true,
}

func (m *measure) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && m.first(v.Pointer()) {
			m.bytes += int(v.Type().Elem().Size())
			m.value(v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() && !foreign[v.Type()] {
			m.value(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.value(v.Field(i))
		}
	case reflect.Slice:
		m.slice(v)
	case reflect.Map:
		m.bytes += v.Len() * int(v.Type().Key().Size()+v.Type().Elem().Size())
		for i := v.MapRange(); i.Next(); {
			m.value(i.Value())
		}
	}
}

func (m *measure) slice(v reflect.Value) {
	if v.Cap() == 0 || !m.first(v.Pointer()) {
		return
	}
	m.bytes += v.Cap() * int(v.Type().Elem().Size())
	switch v.Type().Elem().Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Struct, reflect.Slice:
		for i := range v.Len() {
			m.value(v.Index(i))
		}
	}
}

// first says whether an address is seen for the first time.
func (m *measure) first(p uintptr) bool {
	was := m.seen[p]
	m.seen[p] = true
	return !was
}

// mostBytes bounds what a core may keep, whatever clients and liars do: by the
// parameters, and by the largest result that there was. It grows with the log,
// the queue and the sessions there can be, and with nothing that counts messages
// or time.
func mostBytes(p pbft.Params, principals, result int) int {
	const (
		fixed    = 64 << 10 // tables with limits of their own, and what the output's slices have grown to
		overhead = 640      // of a request or a reply, in structures
		entries  = 256      // of a slot in a VIEW-CHANGE
		doubts   = 4096     // requests whose vouchers are counted, at most
		doubt    = 64       // of one, and so much again for each replica's word
		copies   = 2        // of a batch; those of one slot share their requests
	)
	slots := p.LogSize + p.CheckpointInterval
	operations := min(p.BatchRequests*p.MaxOperation, max(p.BatchBytes, p.MaxOperation))
	log := slots * copies * (p.BatchRequests*overhead + operations)
	queue := p.MaxQueued*overhead + p.MaxQueuedBytes
	sessions := principals * p.Sessions * p.ClientWindow * (overhead + result)
	changes := 2 * p.Replicas() * slots * entries
	return fixed + log + queue + sessions + changes + doubts*doubt*(1+p.Replicas())
}

// small checks what all correct cores keep, now.
func (c *checker) small(w *World) {
	for _, r := range w.replicas {
		if w.faulty(r) != nil {
			continue
		}
		holds, bound := footprint(r.core), mostBytes(w.settings.Params, len(w.clients), c.reference.largest)
		c.mostHeld = max(c.mostHeld, holds)
		if holds > bound {
			c.fail(fmt.Errorf("%v holds %d bytes; it may hold %d", r.node, holds, bound))
		}
	}
}
