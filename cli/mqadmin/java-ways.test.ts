/** Numbers, texts and the order of hash tables are those of Java. */
import { expect, test } from "bun:test";
import { format, javaDouble } from "./java-format.ts";
import { JavaDouble, javaJson } from "./java-json.ts";
import { concurrentOrder, hashOrder } from "./java-order.ts";

test("numbers are rounded and written as Java does", () => {
  expect(
    format(
      "%.2f|%.2f|%.1f|%9.2f|%.4f|%2.2f|%.0f",
      1.005,
      0.125,
      0.25,
      1234.5678,
      0.00004999,
      12.345,
      2.5,
    ),
  ).toBe("1.01|0.13|0.3|  1234.57|0.0000|12.35|3");
  expect(
    [0, 1, 0.001, 0.00099, 1e7, 9999999.5, 123456.789, 1.5e-10, -3.25].map(javaDouble),
  ).toEqual("0.0 1.0 0.001 9.9E-4 1.0E7 9999999.5 123456.789 1.5E-10 -3.25".split(" "));
});

test("texts and numbers fill their columns", () => {
  expect(format("%-6s|%04d|%4d|%s%n", "ab", 7, -12, undefined)).toBe("ab    |0007| -12|null\n");
  expect(format("%.2f %d%%", -0.005, 3)).toBe("-0.01 3%");
});

// Printed by fastjson2 2.0.59.
test("JSON is laid out as Java's library does", () => {
  const value = {
    list: ["a", 1],
    none: [],
    set: new Set<string>(),
    "7": new Map<string | number, string>([
      [0, "zero"],
      ["1", "one"],
    ]),
    empty: new Map(),
    absent: new Map([["a", undefined]]),
    rate: new JavaDouble(0),
  };
  expect(javaJson(value).replaceAll("\t", "→")).toBe(
    [
      '{|→"7":{|→→0:"zero",|→→"1":"one"|→},|→"list":[|→→"a",|→→1|→],|→"none":[],|→"set":[|→→|→],',
      '|→"empty":{},|→"absent":{|→→|→},|→"rate":0.0|}',
    ]
      .join("")
      .replaceAll("|", "\n"),
  );
});

// Both lists were printed by Java 21.
test("sets of texts are walked as Java walks them", () => {
  const names = Array.from({ length: 30 }, (_, index) => `topic-${index * 7}`);
  expect(hashOrder(names, (name) => name).join(" ")).toBe(
    "topic-7 topic-126 topic-203 topic-147 topic-91 topic-168 topic-70 topic-189 topic-0 " +
      "topic-105 topic-98 topic-77 topic-56 topic-49 topic-28 topic-140 topic-161 topic-182 " +
      "topic-133 topic-154 topic-175 topic-196 topic-112 topic-119 topic-84 topic-63 topic-42 " +
      "topic-21 topic-35 topic-14",
  );
});

test("properties are walked as Java walks them, however often their table grew", () => {
  const names = Array.from({ length: 200 }, (_, at) => `setting.${(at * at) % 997}x${at}`);
  const walked = concurrentOrder(names, (name) => name);
  expect(walked.slice(0, 100).join(" ")).toBe(
    "setting.92x33 setting.400x20 setting.442x120 setting.805x113 setting.491x74 " +
      "setting.264x115 setting.974x164 setting.366x174 setting.159x34 setting.361x19 " +
      "setting.243x96 setting.101x138 setting.56x71 setting.978x63 setting.907x83 " +
      "setting.683x121 setting.327x185 setting.673x93 setting.942x89 setting.970x167 " +
      "setting.137x179 setting.784x28 setting.718x199 setting.372x37 setting.478x153 " +
      "setting.841x29 setting.914x109 setting.765x88 setting.357x111 setting.961x31 " +
      "setting.35x114 setting.640x75 setting.777x178 setting.34x55 setting.58x105 " +
      "setting.938x141 setting.676x26 setting.228x35 setting.728x117 setting.144x12 " +
      "setting.441x21 setting.826x189 setting.853x62 setting.742x82 setting.588x183 " +
      "setting.482x107 setting.550x136 setting.730x61 setting.922x54 setting.88x145 " +
      "setting.77x84 setting.530x196 setting.631x98 setting.121x11 setting.174x123 " +
      "setting.609x60 setting.490x59 setting.279x135 setting.102x78 setting.1x1 " +
      "setting.996x161 setting.944x77 setting.9x3 setting.124x90 setting.39x158 setting.108x64 " +
      "setting.939x44 setting.322x162 setting.305x91 setting.791x76 setting.36x6 " +
      "setting.672x147 setting.823x137 setting.223x182 setting.373x58 setting.306x165 " +
      "setting.74x187 setting.136x110 setting.231x101 setting.636x68 setting.566x150 " +
      "setting.25x5 setting.852x43 setting.488x92 setting.828x99 setting.967x148 " +
      "setting.697x108 setting.645x169 setting.0x0 setting.740x133 setting.867x151 " +
      "setting.225x15 setting.324x18 setting.857x181 setting.27x32 setting.963x118 " +
      "setting.177x127 setting.31x45 setting.846x104 setting.269x106",
  );
  expect(walked.slice(100).join(" ")).toBe(
    "setting.203x119 setting.984x170 setting.49x7 setting.289x17 setting.579x81 setting.64x8 " +
      "setting.495x116 setting.246x85 setting.657x140 setting.496x180 setting.684x41 " +
      "setting.328x171 setting.407x49 setting.603x40 setting.860x94 setting.100x10 " +
      "setting.344x73 setting.449x188 setting.19x173 setting.589x191 setting.729x27 " +
      "setting.580x112 setting.432x128 setting.484x22 setting.576x24 setting.145x56 " +
      "setting.417x86 setting.607x51 setting.698x186 setting.475x132 setting.258x57 " +
      "setting.747x194 setting.310x48 setting.368x66 setting.912x70 setting.715x175 " +
      "setting.421x124 setting.212x131 setting.356x159 setting.30x100 setting.529x23 " +
      "setting.169x13 setting.900x30 setting.52x95 setting.436x97 setting.379x146 " +
      "setting.509x143 setting.625x25 setting.139x195 setting.422x177 setting.256x16 " +
      "setting.447x38 setting.16x4 setting.647x163 setting.773x69 setting.710x52 " +
      "setting.69x176 setting.360x193 setting.237x65 setting.972x192 setting.524x39 " +
      "setting.785x154 setting.689x129 setting.921x126 setting.948x130 setting.299x36 " +
      "setting.81x9 setting.637x166 setting.506x50 setting.10x134 setting.670x125 " +
      "setting.639x103 setting.308x168 setting.199x72 setting.721x157 setting.321x198 " +
      "setting.955x184 setting.215x47 setting.590x87 setting.815x53 setting.923x197 " +
      "setting.926x122 setting.671x172 setting.796x144 setting.208x190 setting.434x102 " +
      "setting.378x139 setting.97x155 setting.196x14 setting.259x79 setting.418x80 " +
      "setting.224x142 setting.122x46 setting.4x2 setting.267x149 setting.408x156 " +
      "setting.767x42 setting.501x67 setting.173x152 setting.675x160",
  );
});
