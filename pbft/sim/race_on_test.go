//go:build race

package sim

// defaultSeeds is small where every run takes ten times as long.
const defaultSeeds = 16
