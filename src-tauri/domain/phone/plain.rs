//! Numbers that are written plainly, taken apart without regular expressions.
//!
//! Nearly every number in an export is digits with spaces, brackets and hyphens between them. Where its country writes
//! numbers by simple rules, what is left for the crate is to say whether it is valid, which is a fifth of the work.
//! [`read`] answers only where the crate would answer the same; a test compares the two on numbers of every region.
//! Whatever is unusual (an extension, letters, a second number, another country) gets no answer here and goes the long way.

use rlibphonenumber::{PhoneNumber, PhoneNumberUtil, Region};

/// How a country dials.
struct Plan {
    code: u16,
    /// Whose numbers these are where nothing is dialled before them but `before`; the main region of the code.
    region: Region,
    before: Before,
}

/// What is dialled before a number inside the country.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    Zero,
    /// The calling code itself, before ten digits: North America.
    Code,
}

const fn plan(code: u16, region: Region, before: Before) -> Plan {
    Plan { code, region, before }
}

/// The countries with simple rules that lists are about most.
const PLANS: &[Plan] = &[
    plan(1, Region::US, Before::Code),
    plan(27, Region::ZA, Before::Zero),
    plan(31, Region::NL, Before::Zero),
    plan(32, Region::BE, Before::Zero),
    plan(33, Region::FR, Before::Zero),
    plan(34, Region::ES, Before::Nothing),
    plan(41, Region::CH, Before::Zero),
    plan(43, Region::AT, Before::Zero),
    plan(44, Region::GB, Before::Zero),
    plan(45, Region::DK, Before::Nothing),
    plan(46, Region::SE, Before::Zero),
    plan(48, Region::PL, Before::Nothing),
    plan(49, Region::DE, Before::Zero),
    plan(91, Region::IN, Before::Zero),
    plan(351, Region::PT, Before::Nothing),
    plan(353, Region::IE, Before::Zero),
    plan(420, Region::CZ, Before::Nothing),
    plan(971, Region::AE, Before::Zero),
];

/// More digits than any number has, with its calling code and whatever is dialled before it.
const LONGEST: usize = 24;

/// E.164 of a valid number, or `None` where the long way has to say.
pub(super) fn read(text: &str, region: Option<Region>, judge: &PhoneNumberUtil) -> Option<String> {
    let mut digits = [0_u8; LONGEST];
    let mut count = 0;
    let mut international = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = byte - b'0';
                count += 1;
            }
            b'+' if at == 0 => international = true,
            b' ' | b'-' | b'.' | b'(' | b')' => {}
            _ => return None,
        }
    }
    let digits = digits.get(..count)?;
    let (plan, national) = if international {
        abroad(digits)?
    } else {
        at_home(digits, region?)?
    };
    // Shorter ones may be for this town only, and longer ones have their own rules.
    if !(7..=13).contains(&national.len()) || national.first() == Some(&0) {
        return None;
    }
    let number = PhoneNumber {
        country_code: i32::from(plan.code),
        national_number: national.iter().fold(0, |number, digit| number * 10 + u64::from(*digit)),
        ..PhoneNumber::default()
    };
    if !judge.is_valid_number(&number) {
        return None;
    }
    Some(format!("+{}{}", plan.code, number.national_number))
}

/// The digits behind a plus.
fn abroad(digits: &[u8]) -> Option<(&'static Plan, &[u8])> {
    let mut code = 0;
    // No calling code is the beginning of another one.
    for (at, digit) in digits.iter().take(3).enumerate() {
        code = code * 10 + u16::from(*digit);
        if let Some(plan) = PLANS.iter().find(|plan| plan.code == code) {
            let national = digits.get(at + 1..)?;
            return match (plan.before, national.split_first()?) {
                // As in +44 (0)20.
                (Before::Zero, (0, rest)) => Some((plan, rest)),
                (Before::Code, (1, _)) => None,
                _ => Some((plan, national)),
            };
        }
    }
    None
}

/// The digits as they are dialled in that region.
fn at_home(digits: &[u8], region: Region) -> Option<(&'static Plan, &[u8])> {
    let plan = PLANS.iter().find(|plan| plan.region == region)?;
    let (first, rest) = digits.split_first()?;
    match plan.before {
        Before::Zero if *first == 0 => Some((plan, rest)),
        Before::Code if digits.len() == 10 && *first > 1 => Some((plan, digits)),
        Before::Nothing => Some((plan, digits)),
        Before::Zero | Before::Code => None,
    }
}

#[cfg(test)]
mod tests {
    use rlibphonenumber::PHONE_NUMBER_UTIL;

    use super::*;

    /// It may say nothing but what the crate says, on numbers of every region: valid ones, ones that are a digit too long or
    /// too short, and ones with another digit in them.
    #[test]
    fn nothing_is_read_otherwise_than_the_long_way() {
        let (mut answered, mut valid) = (0, 0);
        for region in PHONE_NUMBER_UTIL.get_supported_regions() {
            let Ok(example) = PHONE_NUMBER_UTIL.get_example_number(region) else {
                continue;
            };
            let code = example.country_code;
            let is_planned = PLANS.iter().any(|plan| plan.region == region);
            let national = example.national_number.to_string();
            let mut variants = vec![
                format!("+{code} {national}"),
                format!("+{code} (0){national}"),
                format!("+{code}-00{national}"),
                format!("0{national}"),
                format!("1{national}"),
                format!("8{national}"),
                national.clone(),
                format!("{code}{national}"),
                format!("0{code}{national}"),
                format!("00{code}{national}"),
                format!("011{code}{national}"),
                format!("+{code}{national}1"),
                format!("0{national}1"),
                format!("+{code}{}", national.get(1..).unwrap_or_default()),
            ];
            for at in 0..national.len() {
                for digit in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] {
                    let mut other = national.clone();
                    other.replace_range(at..=at, digit);
                    variants.push(format!("+{code}{other}"));
                    if is_planned {
                        variants.extend([
                            format!("0{other}"),
                            format!("{other}0"),
                            format!("+{code}{other}12"),
                            other,
                        ]);
                    }
                }
            }
            for text in variants {
                let long = super::super::read_long(&text, Some(region), &PHONE_NUMBER_UTIL);
                valid += usize::from(is_planned && long.is_some());
                if let Some(quick) = read(&text, Some(region), &PHONE_NUMBER_UTIL) {
                    answered += 1;
                    assert_eq!(Some((quick, None)), long, "{text} in {region:?}");
                }
            }
        }
        assert!(answered * 10 > valid * 8, "{answered} of {valid} valid numbers");
    }

    #[test]
    fn the_usual_ways_to_write_a_number_are_answered() {
        let answer = |text: &str, country: &str| read(text, Region::from_code(country).ok(), &PHONE_NUMBER_UTIL);
        for (text, country, e164) in [
            ("+44 20 7946 0018", "", "+442079460018"),
            ("+44 (0)20 7946-0018", "US", "+442079460018"),
            ("020 7946 0018", "GB", "+442079460018"),
            ("(020) 7946.0018", "GB", "+442079460018"),
            ("(202) 555-0173", "US", "+12025550173"),
            ("+1 202-555-0173", "GB", "+12025550173"),
            ("+1 416 555 0173", "GB", "+14165550173"),
            ("+49 1512 3456789", "US", "+4915123456789"),
            ("030 123456", "DE", "+4930123456"),
        ] {
            assert_eq!(answer(text, country).as_deref(), Some(e164), "{text}");
        }
        for (text, country) in [
            ("020 7946 0018 x12", "GB"),
            ("0044 20 7946 0018", "GB"),
            ("020 7946", "GB"),
            ("020 7946 0018 / 020 7946 0019", "GB"),
            ("+44 20 7946 0018 00 00", "GB"),
            ("++44 20 7946 0018", "GB"),
            ("", "GB"),
            ("+", ""),
            ("123456789012345678901234567890", "GB"),
        ] {
            assert_eq!(answer(text, country), None, "{text}");
        }
    }
}
