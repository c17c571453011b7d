//! Chance that comes out the same everywhere: whole numbers only, from a seed and what they are for.

/// A run of random numbers (SplitMix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

/// Quantiles of waiting times, in hundredths of the mean: many short waits, a few long ones.
const WAITS: &[u64] = &[
    4, 8, 13, 18, 24, 30, 37, 44, 52, 61, 71, 82, 94, 108, 124, 144, 169, 205, 250, 340,
];

impl Dice {
    /// Numbers for the `n`th thing of a kind.
    pub fn new(seed: u64, kind: u64, n: u64) -> Self {
        let mut dice = Self(seed ^ kind.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mixed = dice.next() ^ n.wrapping_mul(0xD1B5_4A32_D192_ED03);
        dice.0 = mixed;
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or(0)
    }

    /// Whether something happens that does so in `percent` of all cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let at = usize::try_from(self.below(items.len() as u64)).unwrap_or(0);
        items.get(at).copied().unwrap_or_default()
    }

    /// A waiting time with that mean, in the same unit.
    pub fn wait(&mut self, mean: i64) -> i64 {
        let share = i64::try_from(self.pick(WAITS)).unwrap_or(100);
        mean * share / 94
    }
}
