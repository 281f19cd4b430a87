"""The measurements of `holdfast bench api`: the service, asked over HTTP from another process.

- `core`: which measurements there are, and running them
- `asked`: what is asked, as bytes on a connection
- `letting_in`: the key by which the load comes in
- `callers`: connections in a closed loop, each of which asks again as soon as it is answered
- `serving`: a service in a process of its own; `echo`: the same web server, which sends back what it gets
- `rates`: orders, reads and batches a second, against the echo
- `killed`: what is left of orders when the service is killed; `lasting`: minutes of load
"""
