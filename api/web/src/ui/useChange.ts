import {
  type QueryKey,
  useMutation,
  type UseMutationResult,
  useQueryClient,
} from '@tanstack/react-query';

/** What has to be asked for anew after a change, and what comes then. */
interface After<Result> {
  stale: QueryKey[];
  then?: (result: Result) => void;
}

/** A change of what is stored; pages that show it follow. */
export function useChange<Given = void, Result = unknown>(
  act: (given: Given) => Promise<Result>,
  { stale, then }: After<Result>,
): UseMutationResult<Result, Error, Given> {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async (result) => {
      await Promise.all(stale.map((queryKey) => queries.invalidateQueries({ queryKey })));
      then?.(result);
    },
  });
}
