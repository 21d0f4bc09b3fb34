/** The one platform function that the engine uses: a deep copy of plain data, there in browsers, workers and Node.js alike. */
declare function structuredClone<T>(value: T): T;
