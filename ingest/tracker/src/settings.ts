import { pageUrl } from './address';
import { type Core, list, newSettings, seconds, type Settings } from './core';
import { attribution, visitorId } from './identity';

type Setters = { [Name in keyof Settings as `set${Name}`]: (value: Settings[Name]) => void };
type Getters = { [Name in keyof Settings as `get${Name}`]: () => Settings[Name] };

/** A method to set and one to get every setting. */
function accessors(core: Core): Setters & Getters {
  const methods: Record<string, unknown> = {};
  const settings = core as unknown as Record<string, unknown>;
  for (const [name, initial] of Object.entries(newSettings())) {
    methods[`set${name}`] = (value: string): void => {
      settings[name] = Array.isArray(initial) ? list(value) : value;
    };
    methods[`get${name}`] = (): unknown => settings[name];
  }
  return methods as Setters & Getters;
}

/** Where to send, and what to say about page and visitor. */
export function settings(core: Core) {
  return {
    ...accessors(core),
    disableAlwaysUseSendBeacon(): void {
      core.$noBeacon = true;
    },
    appendToTrackingUrl(text: string): void {
      core.$appended = text && `&${text.replace(/^[?&]/, '')}`;
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
      core.$created = seconds();
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
