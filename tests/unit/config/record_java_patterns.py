"""Ask Java which texts match which patterns: `python record_java_patterns.py KAFKA_LIBS_FOLDER`.

Only needed when a pattern or a text is added; it takes a JDK, and the jars of Apache Kafka 4.3.1 for their JSON.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ANSWERS = HERE / "java_patterns.json"
#: With blanks between them, as most of them have none.
_TEXTS = r"a b A ab ba aa aaa aab abab abc a.b a-b a_b 1 12 a1 é É ß ٣ 漢 𝄞 a𝄞 - ] [ ^ & { } a{1 ( ) \ $ * x X app-17 10.0.0.1 4.3.1 Q"
_PATTERNS = r"""
    a a.* .* . app-.* 10\.0\..* 4\.[0-3]\.\d+ a|b a||b |a a| (a|b)* () ()* (|a)+ a* a+ a? a{2} a{2,} a{1,2} a{0} a{,2}
    a{ a{1 a{x} a{2,1} { } a} ] a] a*? a+? a?? a{2}? a** a+* a??? * +a ? (*a) a|* (?i)* ^* $* \b* ^ $ ^a$ a$\n a$ $a a^b
    \Aa\z a\Z a\Z\n a\z\n \ba\b a\Bb \Ba a\b.b [ab] [^ab] [a-c]+ [c-a] [a-] [-a] [a-a] []a] [] [^]a] [^] [ [a [a[b]]
    [a[^b]] [a^] [\d] [^\d] [\w.]+ [a\]] [\-a] [a-\d] [\d-z] [(] [$] [.] [*] [{] [[] [\\] [\n] [^^] [^-] [--a] [a-z-]
    [a-c-e] [&] [a&b] [\x41-\x43] [\p{L}] [^\p{L}] [a-[b]] [\é] \d \D \w \W \s \S \h \H \v \V \t \n \r \f \a \e \. \- \é
    \x41 \x{41} \x{1D11E} \x4 \x{ \x{110000} \u0041 \u41 \07 \012 \0 \08 \y \_ \Qa.b\E \Qa.b \Qa\E* \Qab\E* \Q\E \E
    \Q*\E+ \ a\ # (a) (a a) (?:a)b (?<x>a) (?<x>a)(?<y>b) (?<>a) (?<1>a) (?P<x>a) (?'x'a) ((a)|(b))* (a*)* (a*)+ (?i)a
    (?i)É (?i)[a-c] (?i)[^a] a(?i)b (?i:a)b (?-i)a (?i-s)a (?s). (?s).* (?s-i). ((?i)a)b (?i)a|b (?) (?:) (? (?i (?z)a
    (?i)ß (?i)\x41 (?i)ab|c \p{L} \pL \PL \p{Lu} \P{Lu} \p{IsLu} \p{IsL} \p{Alpha}+ \p{Digit} \p{Alnum}+ \p{Upper}
    \p{Lower} \p{Punct} \p{Space} \p{Blank} \p{Cntrl} \p{XDigit}+ \p{Graph} \p{Print}+ \p{ASCII}* \p{Nd} \p{N} \p{Zs}
    \p{Z} \p{Cc} \p{S} \p{P} \p{Nope} \p{ \p \p{} \p{L \P{Alpha} [[:alpha:]] [a-zA-Z_][a-zA-Z0-9_]* (a|aa)+b (a+)+b
    (.*)(.*)(.*)b (ab)+ (ab){2} (a|b){2,3} ((ab)*a)*b?
"""
_IRREGULAR = r"""
    (a)\1 a(?!b).* (?<!b)a (?>a*)a a*+a a++ a?+ a{1}+ (?<x>a)\k<x> (?m)^a$ (?d)a$ (?u)É (?U)\w \R \X [a-c&&b] [\Qab\E]
    \cA \p{IsLatin} \p{InGreek} \p{IsAlphabetic} a{1001} \p{javaLowerCase} \p{script=Latin} \p{LC} \p{L1} \G a\Q\E*
"""
_PIECES = r"a b . a* b+ (a|b) (ab)? [ab] [^a] ( ) | * ? {2} {0,1} \w \b $ ^ (?i)"
TEXTS = (
    *_TEXTS.split(),
    "",
    "a b",
    "a\n",
    "\n",
    "a\r\n",
    "\r",
    "a\nb",
    "a\u2028",
    "\t",
    "\x0b",
    "\x85",
    "\xa0",
    "\u03c3",
    "\x07",
)
PATTERNS = (
    *_PATTERNS.split(),
    *("", "[ ]", "\\ ", "a b", "(?i)\u017f", "(?i)\u03c3"),
)
#: Taken by Java, and refused here: see `kafkaemu.config.java_pattern`.
IRREGULAR = (
    *_IRREGULAR.split(),
    *("(?x) a b", "\\N{DIGIT ONE}"),
)


def patterns() -> list[str]:
    """Those above, and some put together by chance, always the same."""
    chance = random.Random(714)
    made = ("".join(chance.choices(_PIECES.split(), k=chance.randint(2, 6))) for _ in range(400))
    return list(dict.fromkeys((*PATTERNS, *IRREGULAR, *made)))


def main() -> None:
    """Ask, and keep which texts match each pattern; null where it is none."""
    jars = f"{sys.argv[1]}/*"
    asked = patterns()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-cp", jars, "-d", folder, str(HERE / "PatternOracle.java")], check=True)
        finished = subprocess.run(
            ["java", "-Xmx256m", "-cp", f"{folder}:{jars}", "PatternOracle"],
            input="\n".join(json.dumps([pattern, *TEXTS]) for pattern in asked).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
    answers = [json.loads(line) for line in finished.stdout.splitlines()]
    kept = {
        pattern: None if answer is None else [text for text, matches in answer.items() if matches]
        for pattern, answer in zip(asked, answers, strict=True)
    }
    lines = (f"{json.dumps(pattern)}: {json.dumps(texts)}" for pattern, texts in kept.items())
    ANSWERS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
