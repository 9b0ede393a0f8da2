import { pageUrl } from './address';
import { type Core, list, newSettings, type Settings } from './core';
import { attribution, visitorId } from './identity';

type Setters = { [Name in keyof Settings as `set${Name}`]: (value: Settings[Name]) => void };
type Getters = { [Name in keyof Settings as `get${Name}`]: () => Settings[Name] };
type Alternative = {
  [Name in keyof Settings]: Settings[Name] extends boolean ? Name : never;
}[keyof Settings];
type Switches = Record<`${'enable' | 'disable'}${Alternative}`, () => void>;
type Accessors = Setters & Getters & Switches;

/** A method to set and one to get every setting, and one for either side of an alternative. */
function accessors(core: Core): Accessors {
  const methods: Record<string, unknown> = {};
  const settings = core as unknown as Record<string, unknown>;
  for (const [name, initial] of Object.entries(newSettings())) {
    const set = (value: unknown): void => {
      settings[name] = (initial as string[]).map ? list(value as string) : value;
    };
    methods[`set${name}`] = set;
    methods[`enable${name}`] = () => set(true);
    methods[`disable${name}`] = () => set(false);
    methods[`get${name}`] = (): unknown => settings[name];
  }
  return methods as Accessors;
}

/** Where to send, and what to say about page and visitor. */
export function settings(core: Core) {
  return {
    ...accessors(core),
    appendToTrackingUrl(text: string): void {
      core.$appended = text.replace(/^[?&]?/, '&');
    },
    discardHashTag(discard = true): void {
      core.$discardHash = discard;
    },
    getCurrentUrl: (): string => pageUrl(core),
    getAttributionInfo: () => attribution(core),

    resetUserId(): void {
      core.UserId = '';
    },
    getVisitorId: (): string => visitorId(core),
    setVisitorId(id: string): void {
      core.$visitorId = id;
    },

    setCustomDimension(id: number, value: string): void {
      core.$extra[`dimension${id}`] = value;
    },
    deleteCustomDimension(id: number): void {
      delete core.$extra[`dimension${id}`];
    },
    setCustomVariable(place: number, name: string, value: string, scope = 'visit'): void {
      core.$variables[scope]![place] = [name, value];
    },
    deleteCustomVariable(place: number, scope = 'visit'): void {
      delete core.$variables[scope]![place];
    },
    getCustomVariable: (place: number, scope = 'visit') => core.$variables[scope]![place],
    getCustomDimension: (id: number) => core.$extra[`dimension${id}`],
  };
}
