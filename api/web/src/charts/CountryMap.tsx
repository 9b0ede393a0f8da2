import { MapChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GeoComponent, TooltipComponent } from 'echarts/components';
import { registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { whereNumeric } from 'iso-3166-1';
import type { Geometry, Position } from 'geojson';
import { useMemo } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import world from 'world-atlas/countries-110m.json';
import { useLocale } from '../i18n/locale';
import { isStill, type Look, tooltip, tooltipBase } from './look';
import { type Draw, type Drawn, useEChart } from './useEChart';

use([MapChart, ScatterChart, GeoComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

const topology = world as unknown as Topology<{ countries: GeometryCollection }>;
const shapes = feature(topology, topology.objects.countries)
  .features // Nobody visits from there, and it would take a quarter of the picture.
  .filter(({ id }) => id !== '010')
  .map((shape) => ({
    ...shape,
    geometry: unbroken(shape.geometry),
    properties: { name: whereNumeric(String(shape.id))?.alpha2.toLowerCase() ?? String(shape.id) },
  }));
registerMap('world', { type: 'FeatureCollection', features: shapes } as never);

/** A place that is no country, at its longitude and latitude. */
export interface Spot {
  name: string;
  at: [number, number];
  value: number;
}

interface CountryMapProps {
  label: string;
  metric: string;
  countries: { code: string; value: number }[];
  /** In place of the countries' strength. */
  spots?: Spot[];
  value: (value: number) => string;
  onDrawn?: (drawn: Drawn) => void;
  /** A two-letter code. */
  onPickCountry?: (code: string) => void;
  onPickSpot?: (index: number) => void;
}

/** Countries in the strength of their numbers, or places in the size of theirs. */
export default function CountryMap({ label, onDrawn, ...drawn }: CountryMapProps) {
  const { format } = useLocale();
  const { countries, spots, metric, value, onPickCountry, onPickSpot } = drawn;
  const draw: Draw = useMemo(() => {
    if (spots) return (look) => spotsOption(look, { spots, metric, value });
    const most = Math.max(1, ...countries.map((country) => country.value));
    return (look) => ({
      animation: !isStill(),
      tooltip: {
        trigger: 'item',
        ...tooltipBase,
        formatter: ({ name, value: found }: { name: string; value: number }) =>
          tooltip(format.country(name) ?? name, [
            `${metric}: ${Number.isFinite(found) ? value(found) : '–'}`,
          ]),
      },
      series: [
        {
          type: 'map',
          ...groundOf(look),
          emphasis: { label: { show: false }, itemStyle: { areaColor: look.accent } },
          data: countries
            .filter(({ value: size }) => size > 0)
            .map(({ code, value: size }) => ({
              name: code,
              value: size,
              itemStyle: { areaColor: mixed(look.sunken, look.accent, strength(size / most)) },
            })),
        },
      ],
    });
  }, [countries, spots, metric, value, format]);
  const box = useEChart({
    draw,
    onDrawn,
    onPick: (index) => {
      if (spots) return onPickSpot?.(index);
      const code = shapes[index]?.properties.name;
      if (code) onPickCountry?.(code);
    },
  });
  return <div ref={box} className="chart-canvas" role="img" aria-label={label} />;
}

/** The world itself, to be moved and enlarged. */
const groundOf = (look: Look) => ({
  map: 'world',
  roam: true,
  scaleLimit: { min: 1, max: 8 },
  left: 0,
  right: 0,
  top: 0,
  bottom: 0,
  selectedMode: false,
  itemStyle: { areaColor: look.sunken, borderColor: look.line, borderWidth: 0.5 },
});

interface Spots {
  spots: Spot[];
  metric: string;
  value: (value: number) => string;
}

const SPOT_PX_MIN = 5;
const SPOT_PX_MORE = 26;

/** Circles whose areas are as their numbers. */
function spotsOption(look: Look, { spots, metric, value }: Spots): ReturnType<Draw> {
  const most = Math.max(1, ...spots.map((spot) => spot.value));
  return {
    animation: !isStill(),
    tooltip: {
      trigger: 'item',
      ...tooltipBase,
      formatter: ({ dataIndex }: { dataIndex: number }) => {
        const spot = spots[dataIndex]!;
        return tooltip(spot.name, [`${metric}: ${value(spot.value)}`]);
      },
    },
    geo: { ...groundOf(look), silent: true },
    series: [
      {
        type: 'scatter',
        coordinateSystem: 'geo',
        itemStyle: { color: look.accent, opacity: 0.7 },
        data: spots.map(({ at, value: size }) => ({
          value: at,
          symbolSize: SPOT_PX_MIN + SPOT_PX_MORE * Math.sqrt(size / most),
        })),
      },
    ],
  };
}

/**
 * A ring that crosses the antimeridian goes on beyond 180 degrees; else it would be drawn all
 * around the world.
 */
function unbroken(geometry: Geometry): Geometry {
  const ring = (points: Position[]): Position[] => {
    const crosses = points.some(([x = 0], i) => i > 0 && Math.abs(x - points[i - 1]![0]!) > 180);
    return crosses ? points.map(([x = 0, y = 0]) => [x < 0 ? x + 360 : x, y]) : points;
  };
  switch (geometry.type) {
    case 'Polygon':
      return { ...geometry, coordinates: geometry.coordinates.map(ring) };
    case 'MultiPolygon':
      return { ...geometry, coordinates: geometry.coordinates.map((part) => part.map(ring)) };
    default:
      return geometry;
  }
}

/** Few countries have most of the visits: the root keeps the others visible. */
const strength = (share: number): number => 0.2 + 0.8 * Math.sqrt(share);

/** A colour between two, given as #rrggbb. */
function mixed(from: string, to: string, share: number): string {
  const part = (color: string, at: number): number => parseInt(color.slice(at, at + 2), 16);
  const hex = [1, 3, 5].map((at) =>
    Math.round(part(from, at) + (part(to, at) - part(from, at)) * share)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${hex.join('')}`;
}
