package wire

import "math"

// Limits of the forms. What is below sizeFixUint, sizeFixArray, sizeFixText
// or is not below minFixInt and negative has its value or length in the code
// itself; a value or length that follows its code in 8, 16, 32 or 64 bits is
// in its shortest form if it is at least the least of that width.
const (
	sizeFixUint  = 1 << 7
	sizeFixArray = 1 << 4
	sizeFixText  = 1 << 5
	minFixInt    = -1 << 5

	least16 = math.MaxUint8 + 1
	least32 = math.MaxUint16 + 1
	least64 = math.MaxUint32 + 1
)
