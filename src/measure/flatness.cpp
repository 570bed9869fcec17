namespace flatsweep {}
