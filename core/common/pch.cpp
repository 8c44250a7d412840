// Carrier of the precompiled header; see .cmake/FreeRelayModule.cmake.
