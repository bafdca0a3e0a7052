// What is asked of Windows, as one PowerShell script for one start: a section for each question, each read for itself and written
// between two marks of its own, so that one that fails or hangs loses nothing but itself and what comes after it.
// Windows PowerShell 5.1. Cmdlets only: constrained language mode (AppLocker, WDAC) refuses the methods of .NET, but not these.
// Values are as WMI has them: integers and English words, whatever language the system speaks.

/** Where a section begins, and where it ends: a line of its own. Banners of profiles and of antivirus stand outside. */
export const MARK = { begin: '@@fettle:begin', end: '@@fettle:end' } as const;

/** Answers within this, or an error: a broken WMI repository would hang for ever. */
const WMI_TIMEOUT_S = 15;

const HEAD = String.raw`
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }

function Read-Class([string]$Space, [string]$Class, [string[]]$Fields) {
  Get-CimInstance -Namespace $Space -ClassName $Class -Property $Fields -OperationTimeoutSec ${WMI_TIMEOUT_S} |
    Select-Object -Property $Fields
}

function Write-Section([string]$Id, [scriptblock]$Read) {
  try {
    $said = @{ rows = @(& $Read) }
  } catch {
    $said = @{
      failed = [string]$_.Exception.Message
      category = [string]$_.CategoryInfo.Category
      id = [string]$_.FullyQualifiedErrorId
    }
  }
  Write-Output "${MARK.begin} $Id"
  Write-Output (ConvertTo-Json -InputObject $said -Compress -Depth 4)
  Write-Output "${MARK.end} $Id"
}
`;

const fromClass = (space: string, name: string, fields: readonly string[]): string =>
  `Read-Class '${space}' '${name}' ${fields.map((field) => `'${field}'`).join(', ')}`;

const CIM = 'root/cimv2';
const WMI = 'root/wmi';
const STORAGE = 'root/microsoft/windows/storage';

/** One for each question, in the order in which they are asked: what can hang comes last. */
const readers = {
  limits: fromClass(CIM, 'Win32_OperatingSystem', ['TotalVirtualMemorySize', 'FreeVirtualMemory']),
  pageFiles: fromClass(CIM, 'Win32_PageFileUsage', ['Name', 'AllocatedBaseSize', 'CurrentUsage']),
  services: fromClass(CIM, 'Win32_Service', [
    'Name',
    'DisplayName',
    'State',
    'StartMode',
    'DelayedAutoStart',
    'ExitCode',
  ]),
  /** Services that something starts when it happens: a subkey says so, and WMI does not. */
  triggers: String.raw`
    Get-Item -Path 'HKLM:\SYSTEM\CurrentControlSet\Services\*\TriggerInfo' -ErrorAction SilentlyContinue |
      ForEach-Object { @{ Name = (Split-Path -Leaf $_.PSParentPath) } }`,
  batteries: fromClass(CIM, 'Win32_Battery', [
    'DeviceID',
    'Name',
    'EstimatedChargeRemaining',
    'EstimatedRunTime',
    'BatteryStatus',
  ]),
  batteryStatus: fromClass(WMI, 'BatteryStatus', [
    'InstanceName',
    'PowerOnline',
    'Charging',
    'Discharging',
    'RemainingCapacity',
    'DischargeRate',
  ]),
  batteryFull: fromClass(WMI, 'BatteryFullChargedCapacity', ['InstanceName', 'FullChargedCapacity']),
  batteryCycles: fromClass(WMI, 'BatteryCycleCount', ['InstanceName', 'CycleCount']),
  /** Not Get-CimInstance: some drivers answer only to the older way. */
  batteryDesign: String.raw`
    Get-WmiObject -Namespace 'root/wmi' -Class 'BatteryStaticData' |
      Select-Object -Property 'InstanceName', 'DesignedCapacity', 'DeviceName', 'ManufactureName', 'SerialNumber'`,
  volumes: fromClass(CIM, 'Win32_Volume', ['Name', 'Label', 'FileSystem', 'DriveType', 'Capacity']),
  disks: fromClass(STORAGE, 'MSFT_PhysicalDisk', [
    'DeviceId',
    'FriendlyName',
    'SerialNumber',
    'FirmwareVersion',
    'Size',
    'MediaType',
    'BusType',
    'SpindleSpeed',
    'HealthStatus',
    'OperationalStatus',
  ]),
  diskCounters: String.raw`
    Get-PhysicalDisk | ForEach-Object {
      try { Get-StorageReliabilityCounter -PhysicalDisk $_ } catch { }
    } | Select-Object -Property 'DeviceId', 'Temperature', 'Wear', 'ReadErrorsUncorrected', 'PowerOnHours'`,
} as const satisfies Readonly<Record<string, string>>;

export type SectionId = keyof typeof readers;

/** Asked of the Storage API only where there is no smartctl, which says more. */
export const DISK_SECTIONS: ReadonlySet<string> = new Set<SectionId>(['disks', 'diskCounters']);

export const sectionIds = Object.keys(readers).filter((id): id is SectionId => id in readers);

export const scriptOf = (ids: readonly SectionId[]): string =>
  [HEAD, ...ids.map((id) => `Write-Section '${id}' { ${readers[id]} }`)].join('\n');
