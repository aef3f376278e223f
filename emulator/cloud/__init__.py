"""The local stand-in for the IoT platforms: bootstrap, LwM2M server, HTTP calls.

`manners` says what a platform does, `bootstrap` and `server` are the engines that do it, `service`
gives them sockets and a clock, `http` the calls of the manual's 5.1.
"""
