//go:build !race

package sim

// defaultSeeds is enough for every path to be taken.
const defaultSeeds = 280
